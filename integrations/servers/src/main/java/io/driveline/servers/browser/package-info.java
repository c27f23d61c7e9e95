/** A browser for tests of what people look at. */
package io.driveline.servers.browser;
