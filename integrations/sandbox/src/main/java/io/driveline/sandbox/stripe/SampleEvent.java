package io.driveline.sandbox.stripe;

/**
 * One event as Stripe would post it.
 *
 * @param id the event's id
 * @param type such as {@code invoice.paid}
 * @param objectType the type of the object that it is about
 * @param objectId the object's id
 * @param body the JSON to post
 */
public record SampleEvent(
    String id, String type, String objectType, String objectId, String body) {}
