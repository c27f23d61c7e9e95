package io.driveline.system.faults;

import com.mongodb.MongoException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.bson.Document;

/** Holds what Driveline made of everything against what should have come of it. */
final class Comparison {

  private static final Set<String> FINISHED = Set.of("applied", "skipped", "parked");

  /** How many objects are read through the API. */
  private static final int READ = 300;

  /** For the reads themselves. */
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  private final Posts posts;
  private final Mirrors mirrors;
  private final Hearing hearing;
  private final Watch watch;
  private final Reads reads;

  Comparison(Posts posts, Mirrors mirrors, Hearing hearing, Watch watch, Reads reads) {
    this.posts = posts;
    this.mirrors = mirrors;
    this.hearing = hearing;
    this.watch = watch;
    this.reads = reads;
  }

  /**
   * Waits until every accepted event is finished and announced, or until nothing has moved for a
   * while.
   *
   * @param patience how long nothing may move
   */
  void settle(Duration patience) throws InterruptedException {
    long moved = System.nanoTime();
    int left = Integer.MAX_VALUE;
    Set<String> pending = new HashSet<>();
    posts.accepted().forEach(accepted -> pending.add(accepted.event().id()));
    while (System.nanoTime() - moved < patience.toNanos()) {
      int open = posts.open();
      try {
        Set<String> done = new HashSet<>();
        mirrors.events(
            pending,
            event -> {
              String id = event.getString("_id");
              if (isFinished(event) && (isParked(event) || isAnnounced(id))) {
                done.add(id);
              }
            });
        pending.removeAll(done);
      } catch (MongoException e) {
        // Asked again.
      }
      posts.accepted().stream()
          .map(accepted -> accepted.event().id())
          .filter(id -> !isAnnounced(id))
          .forEach(pending::add);
      pending.removeIf(id -> posts.sent(id).poisonous() && isParkedNow(id));
      if (pending.isEmpty() && open == 0) {
        return;
      }
      if (pending.size() + open < left) {
        left = pending.size() + open;
        moved = System.nanoTime();
      }
      Thread.sleep(500);
    }
  }

  private boolean isParkedNow(String id) {
    try {
      Document event = mirrors.event(id);
      return event != null && isParked(event);
    } catch (MongoException e) {
      return false;
    }
  }

  private boolean isAnnounced(String id) {
    return hearing.heardChange(id) && hearing.heardFact(id);
  }

  private static boolean isFinished(Document event) {
    return FINISHED.contains(event.getString("state")) && event.get("due") == null;
  }

  private static boolean isParked(Document event) {
    return "parked".equals(event.getString("state"));
  }

  /** Compares everything. */
  Outcome compare(Storm storm, Fleet fleet, boolean bounded) throws Exception {
    Outcome outcome = new Outcome();
    Collection<Posts.Accepted> accepted = posts.accepted();
    outcome.sent = posts.sent();
    outcome.accepted = accepted.size();
    outcome.duplicates = posts.repeated();
    events(outcome, accepted);
    announcements(outcome, accepted);
    mirror(outcome, accepted);
    clients(outcome, accepted);
    watch.fallen().forEach(fall -> outcome.backwards.put(fall, null));
    posts
        .refused()
        .forEach(
            (status, times) ->
                outcome.findings.add(
                    times + " posts were answered " + status + ", which no signed event deserves"));
    if (!posts.unanswered().isEmpty()) {
      outcome.findings.add(
          posts.unanswered().size()
              + " events were never answered 200, such as "
              + posts.unanswered().getFirst().id());
    }
    outcome.dead = hearing.dead();
    if (outcome.dead > 0) {
      outcome.findings.add(outcome.dead + " events reached worker_queue_v1.dead");
    }
    outcome.findings.addAll(storm.findings());
    outcome.findings.addAll(fleet.crashes());
    outcome.recoveries.putAll(storm.longest());
    outcome.bounded = bounded;
    return outcome;
  }

  private void events(Outcome outcome, Collection<Posts.Accepted> accepted) {
    Map<String, Document> ledger = new HashMap<>();
    mirrors.events(
        accepted.stream().map(each -> each.event().id()).toList(),
        event -> ledger.put(event.getString("_id"), event));
    for (Posts.Accepted each : accepted) {
      Planned event = each.event();
      Document stored = ledger.get(event.id());
      if (stored == null) {
        outcome.lose(event, "is not in the ledger");
        continue;
      }
      String state = stored.getString("state");
      if (!isFinished(stored)) {
        outcome.lose(event, "is " + state + ", due " + stored.get("due"));
      } else if (isParked(stored)) {
        outcome.parked++;
        if (!event.poisonous()) {
          outcome.parkedWrongly.put(
              event.id() + " is parked: " + stored.getString("reason"), event.object());
        }
      } else {
        outcome.applied++;
      }
      boolean superseded = stored.getBoolean("superseded", false);
      if (superseded) {
        outcome.superseded++;
      }
      if (!event.poisonous()
          && hearing.heardChange(event.id())
          && hearing.superseded(event.id()) != superseded) {
        outcome.findings.add(event.id() + "'s change event does not say what the ledger says");
      }
      List<Document> steps = stored.getList("steps", Document.class, List.of());
      if (steps.stream().anyMatch(step -> "retry".equals(step.getString("step")))) {
        outcome.retried++;
      }
      if (stored.getInteger("claims", 0) > 1) {
        outcome.claimedAgain++;
      }
      long finishes =
          steps.stream()
              .filter(step -> "finish".equals(step.getString("step")))
              .filter(step -> FINISHED.contains(step.getString("outcome")))
              .count();
      if (finishes > 1) {
        outcome.doubled.put(event.id() + " was finished " + finishes + " times", event.object());
      }
    }
  }

  private void announcements(Outcome outcome, Collection<Posts.Accepted> accepted) {
    for (Posts.Accepted each : accepted) {
      Planned event = each.event();
      if (event.poisonous()) {
        continue;
      }
      if (!hearing.heardChange(event.id())) {
        outcome.lose(event, "has no change event");
      } else if (hearing.snapshot(event.id()) != event.digest()) {
        outcome.findings.add(event.id() + "'s change event has another snapshot");
      }
      if (!hearing.heardFact(event.id())) {
        outcome.lose(event, "has no fact");
      } else if (!hearing.tellsOf(event)) {
        outcome.findings.add(event.id() + "'s fact tells of something else");
      }
    }
    hearing.contradictions().forEach(each -> outcome.doubled.put(each, null));
    outcome.messages = hearing.messages();
  }

  /** Objects of which every event was accepted are what the reference says they are. */
  private void mirror(Outcome outcome, Collection<Posts.Accepted> accepted) {
    Set<Life> lives = new LinkedHashSet<>();
    for (Posts.Accepted each : accepted) {
      if (!each.event().poisonous()) {
        lives.add(each.event().object());
      }
    }
    posts.unanswered().forEach(event -> lives.remove(event.object()));
    Map<Life, Document> mirrored = mirrors.mirrored(lives);
    outcome.objects = lives.size();
    for (Life life : lives) {
      Document stored = mirrored.get(life);
      if (stored == null) {
        outcome.differ.put(life + " is not in the mirror", life);
        continue;
      }
      if (life.second() != Life.Second.NONE) {
        outcome.crowded++;
      }
      Document about = Mirrors.about(stored);
      boolean tied = about.getBoolean("tied", false);
      List<String> differences = new ArrayList<>();
      if (tied) {
        outcome.tied++;
        if (life.second() != Life.Second.MISSING) {
          differences.add("tied, though its events tell their order");
        }
      }
      if (Mirrors.version(stored) != life.version()) {
        differences.add(
            "version %d instead of %d".formatted(Mirrors.version(stored), life.version()));
      }
      // Tied, it has one of the states of its second, and it is not known which.
      if (!tied && Canonical.digest(Mirrors.object(stored)) != Canonical.digest(life.last())) {
        differences.add("the state that %s left".formatted(about.getString("event")));
      }
      if (!tied && about.getBoolean("deleted", false) != life.deleted()) {
        differences.add("deleted " + about.getBoolean("deleted"));
      }
      if (!differences.isEmpty()) {
        String crowd =
            life.second() == Life.Second.NONE
                ? ""
                : " (several events in a second, states before: " + life.second() + ")";
        outcome.differ.put(life + " has " + String.join(", ", differences) + crowd, life);
      }
    }
  }

  /** Of the objects that changed last, clients read what the mirror has: no older copy is left. */
  private void clients(Outcome outcome, Collection<Posts.Accepted> accepted) throws Exception {
    Set<Life> open =
        accepted.stream()
            .sorted(Comparator.comparingLong(Posts.Accepted::at).reversed())
            .map(each -> each.event().object())
            .distinct()
            .filter(life -> life.second() != Life.Second.MISSING)
            .filter(life -> !outcome.differ.containsValue(life))
            .limit(READ)
            .collect(Collectors.toCollection(LinkedHashSet::new));
    long end = System.nanoTime() + Fleet.CACHE_TTL.plus(PATIENCE).toNanos();
    while (!open.isEmpty() && System.nanoTime() - end < 0) {
      for (Life life : List.copyOf(open)) {
        if (reads.hasLast(life)) {
          open.remove(life);
        }
      }
      Thread.sleep(200);
    }
    open.forEach(life -> outcome.findings.add("clients do not get the last state of " + life));
  }
}
