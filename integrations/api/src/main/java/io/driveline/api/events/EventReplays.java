package io.driveline.api.events;

import io.driveline.api.access.Caller;
import io.driveline.api.rest.Answers;
import io.driveline.api.rest.ProblemException;
import io.driveline.api.rest.RequestParameters;
import io.driveline.events.Json;
import io.driveline.events.ReplayObstacle;
import io.driveline.events.ReplayPosition;
import io.driveline.events.ReplayPreview;
import io.driveline.events.Replays;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.apache.camel.Exchange;
import org.bson.Document;
import org.springframework.stereotype.Component;

/** Replays events, or tells what that would do. */
@Component("eventReplays")
class EventReplays {

  /** What is longer is left out of a dry run's answer, and its size told. */
  private static final int LONGEST_VALUE = 10_000;

  /** An object that changed in more places is told with its first. */
  private static final int MOST_CHANGES = 100;

  private final Replays replays;
  private final ReplayPreview preview;

  EventReplays(Replays replays, ReplayPreview preview) {
    this.replays = replays;
    this.preview = preview;
  }

  /** {@code POST /events/{id}/replay}. */
  public void one(Exchange exchange) {
    String id = RequestParameters.ofBody(exchange).path("id"); // dryRun there would be overlooked
    Replays.One replayed =
        replays
            .one(id, Caller.of(exchange).name())
            .orElseThrow(
                () ->
                    ProblemException.notFound(
                        "Driveline has not seen this event, or not yet: an event shows once it is"
                            + " taken up."));
    if (replayed.obstacle() != null) {
      throw refused(replayed.obstacle());
    }
    Answers.accepted(exchange, EventAnswers.summary(replayed.event()));
  }

  private static ProblemException refused(ReplayObstacle obstacle) {
    return switch (obstacle) {
      case HELD, DUE ->
          ProblemException.conflict(
              "held", "A worker is at this event right now; try again once it is done.");
      case NO_PAYLOAD ->
          ProblemException.conflict(
              "no-payload",
              "What Stripe sent is no longer kept, so there is nothing to be applied again.");
      case UNREADABLE ->
          ProblemException.conflict(
              "unreadable", "This message was no event of Stripe's; it can never be applied.");
    };
  }

  /** {@code POST /events/replay}. */
  public void many(Exchange exchange) {
    ReplayRequest request = exchange.getMessage().getBody(ReplayRequest.class);
    Replays.Page page =
        replays.many(request.filter(), request.from(), request.limit(), request.by());
    Answers.accepted(
        exchange,
        answer(false, request, page.matched(), page.replayed(), page.leftOut(), page.next())
            .append("firstDue", text(page.firstDue()))
            .append("lastDue", text(page.lastDue())));
  }

  /** {@code POST /events/replay} with {@code dryRun}. */
  public void preview(Exchange exchange) {
    ReplayRequest request = exchange.getMessage().getBody(ReplayRequest.class);
    ReplayPreview.Page page = preview.of(request.filter(), request.from(), request.limit());
    Answers.json(
        exchange,
        answer(true, request, page.matched(), page.replayed(), page.leftOut(), page.next())
            .append("objectsChanged", page.changed())
            .append("diffs", page.diffs().stream().map(EventReplays::diff).toList()));
  }

  private static Document answer(
      boolean dryRun,
      ReplayRequest request,
      int matched,
      int replayed,
      Map<ReplayObstacle, Integer> leftOut,
      ReplayPosition next) {
    return new Document("dryRun", dryRun)
        .append("replay", dryRun ? null : request.from().replay())
        .append("matched", matched)
        .append("replayed", replayed)
        .append(
            "leftOut",
            new Document("held", leftOut.getOrDefault(ReplayObstacle.HELD, 0))
                .append("due", leftOut.getOrDefault(ReplayObstacle.DUE, 0))
                .append("noPayload", leftOut.getOrDefault(ReplayObstacle.NO_PAYLOAD, 0))
                .append("unreadable", leftOut.getOrDefault(ReplayObstacle.UNREADABLE, 0)))
        .append("next", next == null ? null : ReplayCursor.text(next));
  }

  private static Document diff(ReplayPreview.Diff diff) {
    List<ReplayPreview.Change> changes = diff.changes();
    return new Document("type", diff.object().type())
        .append("id", diff.object().id())
        .append("account", diff.object().account())
        .append("livemode", diff.object().livemode())
        .append("changes", changes.stream().limit(MOST_CHANGES).map(EventReplays::change).toList())
        .append("moreChanges", Math.max(0, changes.size() - MOST_CHANGES));
  }

  private static Document change(ReplayPreview.Change change) {
    Document told = new Document("path", change.path());
    append(told, "now", change.is(), change.now());
    append(told, "then", change.willBe(), change.then());
    return told;
  }

  /** A member that is missing says that there is nothing; one that is null, that there is null. */
  private static void append(Document told, String name, boolean there, Object value) {
    if (!there) {
      return;
    }
    int size = value == null ? 0 : Json.write(value).length();
    if (size > LONGEST_VALUE) {
      told.append(name + "Size", size);
    } else {
      told.append(name, value);
    }
  }

  private static String text(Instant time) {
    return time == null ? null : time.toString();
  }
}
