/** What the public HTTP ports share. */
package io.driveline.runtime.http;
