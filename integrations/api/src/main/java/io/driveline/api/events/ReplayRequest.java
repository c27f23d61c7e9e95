package io.driveline.api.events;

import io.driveline.events.EventFilter;
import io.driveline.events.ReplayPosition;

/**
 * A wish to replay many events.
 *
 * @param filter which
 * @param dryRun whether only to tell what it would do
 * @param limit how many to look at in this request, at most
 * @param from where to begin
 * @param by whose wish it is, for the events' passports
 */
public record ReplayRequest(
    EventFilter filter, boolean dryRun, int limit, ReplayPosition from, String by) {}
