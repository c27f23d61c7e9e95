/**
 * How an app starts: what it says when it is up, and the one line that a user's mistake ends with.
 */
package io.driveline.runtime.start;
