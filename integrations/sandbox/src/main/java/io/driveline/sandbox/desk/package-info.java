/** The event desk at a terminal: {@code ./driveline events} and {@code ./driveline replay}. */
package io.driveline.sandbox.desk;
