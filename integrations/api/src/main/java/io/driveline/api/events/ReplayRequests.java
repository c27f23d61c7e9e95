package io.driveline.api.events;

import io.driveline.api.access.Caller;
import io.driveline.api.rest.ProblemException;
import io.driveline.api.rest.RequestParameters;
import io.driveline.events.EventFilter;
import io.driveline.events.ReplayPosition;
import java.time.Clock;
import java.util.UUID;
import org.apache.camel.Exchange;
import org.springframework.stereotype.Component;

/** Reads what is to be replayed, and refuses what is wrong. */
@Component("replayRequests")
class ReplayRequests {

  private static final int LIMIT = 1_000;
  private static final int MOST = 10_000;

  private final Clock clock;

  ReplayRequests(Clock clock) {
    this.clock = clock;
  }

  /** {@code POST /events/replay}. */
  public ReplayRequest read(Exchange exchange) {
    RequestParameters request =
        RequestParameters.ofBody(
            exchange, EventFilters.andAlso("all", "dryRun", "limit", "cursor"));
    EventFilter filter = EventFilters.read(request);
    if (filter.isEmpty() != request.flag("all")) {
      throw ProblemException.badRequest(
          filter.isEmpty()
              ? "The filter is empty: say which events, or all: true for every event there is."
              : "Give a filter or all: true, not both.");
    }
    return new ReplayRequest(
        filter,
        request.flag("dryRun"),
        request.limit(LIMIT, MOST),
        request.text("cursor").map(ReplayCursor::read).orElseGet(this::begin),
        Caller.of(exchange).name());
  }

  /** The name is long enough that no two replays share one. */
  private ReplayPosition begin() {
    return ReplayPosition.begin(
        "replay_" + UUID.randomUUID().toString().replace("-", ""), clock.instant());
  }
}
