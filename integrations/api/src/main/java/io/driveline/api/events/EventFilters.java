package io.driveline.api.events;

import io.driveline.api.rest.ProblemException;
import io.driveline.api.rest.RequestParameters;
import io.driveline.events.EventFilter;
import io.driveline.events.EventState;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/** The filter of a request: the same parameters in a list of events and in a replay of many. */
final class EventFilters {

  static final List<String> STATES =
      Arrays.stream(EventState.values()).map(EventState::text).toList();

  private static final List<String> PARAMETERS =
      List.of(
          "id",
          "type",
          "customer",
          "object",
          "account",
          "livemode",
          "state",
          "reason",
          "from",
          "to",
          "replay");

  private EventFilters() {}

  /** The names of its parameters, and some more. */
  static String[] andAlso(String... more) {
    return Stream.concat(PARAMETERS.stream(), Stream.of(more)).toArray(String[]::new);
  }

  static EventFilter read(RequestParameters request) {
    Long from = request.time("from").map(EventFilters::secondNotBefore).orElse(null);
    Long to = request.time("to").map(EventFilters::secondNotBefore).orElse(null);
    if (from != null && to != null && from >= to) {
      throw ProblemException.badParameter("to", "later than from");
    }
    return new EventFilter(
        request.id("id").orElse(null),
        request
            .text(
                "type",
                EventFilter.TYPE,
                "an event type, such as invoice.paid, or a group of them, such as invoice.* or"
                    + " *.deleted")
            .orElse(null),
        request.id("customer").orElse(null),
        request.id("object").orElse(null),
        request.account().orElse(null),
        request.livemode().orElse(null),
        request.oneOf("state", STATES).map(EventState::of).orElse(null),
        request.text("reason").orElse(null),
        from,
        to,
        request.id("replay").orElse(null));
  }

  /** Stripe's times are whole seconds: what is not before 12:00:00.5 is not before 12:00:01. */
  private static long secondNotBefore(Instant time) {
    return time.getNano() == 0 ? time.getEpochSecond() : time.getEpochSecond() + 1;
  }
}
