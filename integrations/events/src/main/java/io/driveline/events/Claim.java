package io.driveline.events;

/**
 * A worker's hold on one event. Every later write names it, so that a worker that slept past its
 * lease cannot overwrite the one that took over.
 *
 * @param eventId which event
 * @param owner which worker
 * @param number the how-manieth claim of this event it is, from 1
 * @param superseded what an earlier claim found out on writing the mirror; null if none got there
 */
public record Claim(String eventId, String owner, int number, Boolean superseded) {}
