package io.driveline.events;

import org.bson.Document;

/**
 * An object as Stripe's API gives it now.
 *
 * @param snapshot Stripe's object
 * @param date the answer's {@code Date} header, Unix seconds: the version, since Stripe's clock is
 *     the one that stamps events too
 * @param apiVersion the API version in which it is rendered; null if unknown
 */
public record Fetched(Document snapshot, long date, String apiVersion) {}
