package io.driveline.sandbox;

import io.driveline.events.EventState;
import io.driveline.sandbox.stripe.Poster;
import io.driveline.sandbox.stripe.Story;
import java.io.IOException;
import java.io.PrintStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import org.bson.Document;

/** Plays the sample, and tells of each post what became of it, as the API tells it. */
final class SampleTable {

  private static final Duration PATIENCE = Duration.ofSeconds(20);
  private static final Duration POLL = Duration.ofMillis(50);
  private static final Set<String> ENDED =
      Set.of(EventState.APPLIED.text(), EventState.SKIPPED.text(), EventState.PARKED.text());
  private static final String ROW = "  %2s  %-31s %-18s %-7s %s%n";

  private final Poster poster;
  private final ApiClient api;
  private final PrintStream out;

  SampleTable(Poster poster, ApiClient api, PrintStream out) {
    this.poster = poster;
    this.api = api;
    this.out = out;
  }

  private record Played(Story.Post post, int status, boolean repeated) {}

  void play() throws IOException, InterruptedException {
    out.println("\nA customer subscribes and pays, an invoice fails, a payment is refunded:\n");
    List<Played> played = new ArrayList<>();
    Set<String> seen = new HashSet<>();
    for (Story.Post post : Story.posts()) {
      int status = poster.post(post.event(), post.forged() ? "whsec_nobodys" : Apps.WEBHOOK_SECRET);
      played.add(new Played(post, status, !seen.add(post.event().id())));
      // Taken up before the next is posted: two consumers would swap the pair that is out of order.
      if (status == 200) {
        ended(post.event().id());
      }
    }
    out.printf(ROW, "#", "event", "object", "answer", "became");
    int number = 0;
    for (Played row : played) {
      out.printf(
          ROW,
          ++number,
          row.post().event().type(),
          row.post().event().objectId(),
          row.status(),
          became(row));
    }
  }

  private String became(Played row) throws IOException, InterruptedException {
    if (row.status() != 200) {
      return row.post().remark();
    }
    Document event = ended(row.post().event().id()).orElse(null);
    if (event == null) {
      return "not finished yet";
    }
    String state =
        Boolean.TRUE.equals(event.getBoolean("superseded"))
            ? "superseded: the mirror has a newer state"
            : event.getString("state");
    if (row.repeated()) {
      Object times = event.get("claims");
      return "ignored: a duplicate (taken up " + times + (times.equals(1) ? " time)" : " times)");
    }
    return row.post().remark().isEmpty() ? state : state + " (" + row.post().remark() + ")";
  }

  private Optional<Document> ended(String id) throws IOException, InterruptedException {
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (System.nanoTime() < end) {
      Optional<Document> event = api.event(id);
      if (event.isPresent() && ENDED.contains(event.get().getString("state"))) {
        return event;
      }
      LockSupport.parkNanos(POLL.toNanos());
    }
    return Optional.empty();
  }
}
