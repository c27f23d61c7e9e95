/** The stores that Driveline works with, embedded: for the sandbox and for tests. */
package io.driveline.servers;
