package io.driveline.system.faults;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The time after the storm, with the load going on and nothing wrong: every part must do its own
 * work again, and not lean on another that does it as well. A webhook that stays with the ledger,
 * or a worker that takes nothing from its queue, would be seen by no one else.
 */
final class Calm {

  private static final Duration LENGTH = Duration.ofSeconds(6);
  private static final String POSTS = "driveline_webhook_posts_total";
  private static final String EXCHANGES = "camel_exchanges_total";
  private static final String FROM_QUEUE = "routeId=\"worker-receive-events\"";

  private final Fleet fleet;

  Calm(Fleet fleet) {
    this.fleet = fleet;
  }

  /** Lets it pass, and tells what was not as it should be. */
  List<String> pass() throws Exception {
    List<String> findings = new ArrayList<>();
    double queued = posts("queued");
    double all = posts("");
    Map<App, Double> taken = new LinkedHashMap<>();
    for (App worker : fleet.workers()) {
      taken.put(worker, worker.metric(EXCHANGES, FROM_QUEUE));
    }
    Thread.sleep(LENGTH);
    double others = posts("") - all - (posts("queued") - queued);
    if (posts("queued") == queued || others > 0) {
      findings.add(
          "after the storm the webhook queued not all: %.0f went elsewhere".formatted(others));
    }
    for (App worker : fleet.workers()) {
      if (worker.metric(EXCHANGES, FROM_QUEUE) <= taken.get(worker)) {
        findings.add("after the storm " + worker.name() + " took nothing from its queue");
      }
    }
    for (String unhealthy : fleet.unhealthy()) {
      findings.add("after the storm " + unhealthy + " is not healthy");
    }
    return findings;
  }

  private double posts(String outcome) throws Exception {
    return fleet.webhook().metric(POSTS, "outcome=\"" + outcome);
  }
}
