package io.driveline.events;

import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;

/** A ledger's events of one object, in memory. */
final class HistoryInMemory implements History {

  private final Map<String, StripeEvent> events = new LinkedHashMap<>();
  private final Set<String> withoutPayload = new HashSet<>();

  HistoryInMemory add(StripeEvent event) {
    events.put(event.id(), event);
    return this;
  }

  void removePayload(String id) {
    withoutPayload.add(id);
  }

  @Override
  public long count(ObjectKey object, long second) {
    return events.values().stream().filter(event -> event.created() <= second).count();
  }

  @Override
  public List<StripeEvent> at(ObjectKey object, long second) {
    return events.values().stream()
        .filter(event -> event.created() == second && !withoutPayload.contains(event.id()))
        .toList();
  }

  @Override
  public boolean whole(ObjectKey object, long second) {
    return events.values().stream()
        .noneMatch(event -> event.created() == second && withoutPayload.contains(event.id()));
  }

  @Override
  public OptionalLong before(ObjectKey object, long second) {
    return events.values().stream()
        .mapToLong(StripeEvent::created)
        .filter(created -> created < second)
        .max();
  }
}
