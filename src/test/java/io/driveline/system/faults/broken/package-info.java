/**
 * What the fault suite puts before a worker's own classes: a poison, and ways to break one promise.
 * None of it is in the product; it touches nothing of the suite, for it runs in the worker.
 */
package io.driveline.system.faults.broken;
