/** Who may call the API: keys and their scopes. */
package io.driveline.api.access;
