/**
 * The domain: what an event of Stripe's is, who may apply it, in which order, and what the mirror
 * then holds. Nothing here knows of HTTP, queues or Camel.
 */
package io.driveline.events;
