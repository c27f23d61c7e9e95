/**
 * What the fault suite puts before an app's own classes: a poison, bad answers, and ways to break
 * one promise. None of it is in the product; it touches nothing of the suite, for it runs in the
 * app.
 */
package io.driveline.system.faults.broken;
