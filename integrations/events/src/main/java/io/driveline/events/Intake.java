package io.driveline.events;

import java.time.Instant;

/**
 * How an event came in.
 *
 * @param endpoint the webhook endpoint that took it; null if it did not come by webhook
 * @param secret names the secret that its signature matched; never the secret itself
 * @param received when, by Driveline's clock
 * @param testOnLive whether it is a test-mode event on a live endpoint
 */
public record Intake(String endpoint, String secret, Instant received, boolean testOnLive) {}
