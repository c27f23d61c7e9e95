package io.driveline.system.faults;

import java.net.http.HttpClient;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.bson.Document;

/**
 * A rolling restart of all four apps under load, which must cost no request: for each app a new
 * process starts beside the old one, becomes ready, gets the new connections, and then the old one
 * is told to end. Connections that are open stay with the old process until it or the client closes
 * them. An ingress that balances requests is kinder: it sends nothing more to a pod that leaves.
 */
final class Rollout {

  /** Shorter than the Deployments' preStop, which has to wait for the whole cluster. */
  private static final Duration LEAVING = Duration.ofSeconds(1);

  private static final Duration PATIENCE = Duration.ofSeconds(90);
  private static final int OBJECTS = 100;
  private static final int OK = 200;

  private final Fleet fleet;
  private final Posts posts;
  private final Mirrors mirrors;
  private final Options options;
  private final List<String> findings = new ArrayList<>();

  Rollout(Fleet fleet, Posts posts, Mirrors mirrors, Options options) {
    this.fleet = fleet;
    this.posts = posts;
    this.mirrors = mirrors;
    this.options = options;
  }

  /** What went otherwise than promised. */
  List<String> findings() {
    return List.copyOf(findings);
  }

  /**
   * Does it, as often as the options say.
   *
   * @return what was measured
   */
  String run() throws Exception {
    // What came before may have left the refreshing to its circuit breaker.
    if (!Waiting.until(PATIENCE, () -> isRefreshing(System.nanoTime()))) {
      findings.add("before the rolling restart no cached object was refreshed");
    }
    List<String> paths = readable();
    long from = System.nanoTime();
    List<Answer> reads;
    try (ReadLoad load = new ReadLoad(fleet.apiAddress(), paths, options.rate())) {
      load.start();
      for (int round = 0; round < options.rounds(); round++) {
        for (App app : fleet.all()) {
          findings.addAll(
              app.replace(LEAVING, options.breakage() != Breakage.NO_GRACE, underWay(app, paths)));
        }
      }
      reads = load.end();
    }
    long to = System.nanoTime();
    Waiting.until(PATIENCE, () -> posts.areAnswered(to));
    List<Answer> posted = posts.answers(from, to);
    requireNone(posted, "posts");
    requireNone(reads, "reads");
    Duration time = Duration.ofNanos(to - from);
    requireMany(posted, time, "posts");
    requireMany(reads, time, "reads");
    return "%d times all; posts %s, reads %s; %s"
        .formatted(options.rounds(), told(posted), told(reads), refreshes(from, to));
  }

  /** What a client of the app may be in the midst of; null if it has none but other apps. */
  private byte[] underWay(App app, List<String> paths) {
    if (app == fleet.webhook()) {
      return posts.again(posts.latest());
    }
    return app == fleet.api()
        ? HalfSent.head(
            "GET " + paths.getFirst() + " HTTP/1.1",
            "Host: localhost",
            "Authorization: Bearer " + Fleet.KEY)
        : null;
  }

  /** What answers 200 before the restart: events and objects that came last. */
  private List<String> readable() throws InterruptedException {
    List<String> paths = new ArrayList<>();
    try (HttpClient http = HttpClient.newHttpClient()) {
      posts.accepted().stream()
          .sorted(Comparator.comparingLong(Posts.Accepted::at).reversed())
          .limit(OBJECTS)
          .map(Posts.Accepted::event)
          .flatMap(
              event ->
                  Stream.of(
                      "/api/v1/objects/" + event.object().type() + "/" + event.object().id(),
                      "/api/v1/events/" + event.id()))
          .filter(path -> ReadLoad.get(http, fleet.apiAddress(), path).status() == OK)
          .forEach(paths::add);
    }
    return paths;
  }

  private void requireNone(List<Answer> answers, String what) {
    List<Integer> failed =
        answers.stream().map(Answer::status).filter(status -> status != OK).toList();
    if (!failed.isEmpty()) {
      findings.add(
          "%d of %d %s failed in a rolling restart: %s"
              .formatted(
                  failed.size(),
                  answers.size(),
                  what,
                  failed.stream().sorted().distinct().toList()));
    }
  }

  /** Where little came there is little to be seen: half of the load at least must have come. */
  private void requireMany(List<Answer> answers, Duration time, String what) {
    if (answers.size() < options.rate() * time.toMillis() / 2_000) {
      findings.add("only " + answers.size() + " " + what + " in a rolling restart");
    }
  }

  private static String told(List<Answer> answers) {
    return "%d (failed %d, longest %d ms)"
        .formatted(
            answers.size(),
            answers.stream().filter(answer -> answer.status() != OK).count(),
            answers.stream().mapToLong(Answer::millis).max().orElse(0));
  }

  /** The worker's calls to the grpc app; one that takes too long is left out, and no finding. */
  private String refreshes(long from, long to) throws Exception {
    Set<String> ids = acceptedBetween(from, to);
    AtomicInteger leftOut = new AtomicInteger();
    if (!Waiting.until(PATIENCE, () -> leftOut(ids, leftOut) == ids.size())) {
      findings.add("not every event of a rolling restart was applied");
    }
    return "events %d, refreshes left out %d".formatted(ids.size(), leftOut.get());
  }

  private boolean isRefreshing(long now) {
    Set<String> ids =
        acceptedBetween(
            now - Duration.ofSeconds(4).toNanos(), now - Duration.ofSeconds(1).toNanos());
    AtomicInteger leftOut = new AtomicInteger();
    return !ids.isEmpty() && leftOut(ids, leftOut) == ids.size() && leftOut.get() == 0;
  }

  private Set<String> acceptedBetween(long from, long to) {
    Set<String> ids = new HashSet<>();
    for (Posts.Accepted accepted : posts.accepted()) {
      if (accepted.sent() - from > 0 && accepted.at() - to < 0) {
        ids.add(accepted.event().id());
      }
    }
    return ids;
  }

  /** How many are applied; of how many of these the refresh was left out is counted anew. */
  private int leftOut(Collection<String> ids, AtomicInteger leftOut) {
    AtomicInteger applied = new AtomicInteger();
    leftOut.set(0);
    mirrors.events(
        ids,
        event -> {
          if ("applied".equals(event.getString("state"))) {
            applied.incrementAndGet();
          }
          if (event.getList("steps", Document.class, List.of()).stream()
              .anyMatch(
                  step ->
                      "refresh".equals(step.getString("step"))
                          && "left out".equals(step.getString("outcome")))) {
            leftOut.incrementAndGet();
          }
        });
    return applied.get();
  }
}
