package io.driveline.webhook.body;

import java.time.Duration;

/**
 * What one body may take.
 *
 * @param bytes how large it may be
 * @param timeout within which it has to be here, from the end of the headers
 */
public record BodyLimits(int bytes, Duration timeout) {}
