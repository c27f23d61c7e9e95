/** Stripe as the sandbox plays it: objects, events about them, signed posts, and a short story. */
package io.driveline.sandbox.stripe;
