package io.driveline.system.faults;

import io.driveline.servers.rabbitmq.RabbitMQServer;
import java.io.PrintStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.bson.Document;

/** The faults, one after another, and how long each one was felt. */
final class Storm {

  private static final Duration HANG = Duration.ofSeconds(10);
  private static final Duration BLOCKED = Duration.ofSeconds(10);
  private static final Duration AWAY = Duration.ofSeconds(15);
  private static final Duration START = Duration.ofSeconds(180);
  private static final Duration PARKED = Duration.ofSeconds(180);
  private static final int ROLLING_RESTARTS = 10;
  private static final String ROLLING_RESTART = "rolling restart of all four apps";

  private final Options options;
  private final Stores stores;
  private final Fleet fleet;
  private final Traffic traffic;
  private final Posts posts;
  private final Mirrors mirrors;
  private final Probe probe;
  private final PrintStream out;
  private final Random random;
  private final long begin = System.nanoTime();
  private final Map<String, Duration> longest = new LinkedHashMap<>();
  private final List<String> findings = new ArrayList<>();
  private String told = "";

  Storm(
      Options options,
      Stores stores,
      Fleet fleet,
      Traffic traffic,
      Posts posts,
      Mirrors mirrors,
      PrintStream out) {
    this.options = options;
    this.stores = stores;
    this.fleet = fleet;
    this.traffic = traffic;
    this.posts = posts;
    this.mirrors = mirrors;
    this.out = out;
    this.probe = new Probe(traffic, posts, mirrors, fleet);
    this.random = new Random(options.seed());
  }

  /** Lets every fault come once in an order of the seed's, and again until the time is up. */
  void rage() throws Exception {
    if (options.restarts() > 0) {
      befall(new Fault(ROLLING_RESTART, this::rollingRestart));
      return;
    }
    long end = begin + options.storm().toNanos();
    List<Fault> faults = faults();
    Collections.shuffle(faults, random);
    for (Fault fault : faults) {
      befall(fault);
    }
    List<Fault> again = simple();
    while (System.nanoTime() - end < 0) {
      befall(again.get(random.nextInt(again.size())));
    }
  }

  /** The longest time from a fault's end until an event went the whole way, for each kind. */
  Map<String, Duration> longest() {
    return Collections.unmodifiableMap(longest);
  }

  /** What went otherwise than promised while the faults lasted. */
  List<String> findings() {
    return List.copyOf(findings);
  }

  private List<Fault> faults() {
    List<Fault> faults = new ArrayList<>(simple());
    if (options.breakage() == null) {
      faults.add(new Fault(ROLLING_RESTART, this::rollingRestart));
    }
    if (!options.brief() && options.breakage() == null) {
      faults.add(new Fault("grpc away for a while", () -> away(fleet.grpc(), HANG)));
      faults.add(new Fault("grpc answers late", () -> grpcAnswers("slow")));
      faults.add(new Fault("grpc answers with errors", () -> grpcAnswers("failing")));
      faults.add(new Fault("rolling restarts of the workers", this::rollingRestarts));
      faults.add(new Fault("a poisonous event", this::poison));
      for (Victim store : stores.own()) {
        if (store.name().equals("mongodb")) {
          faults.add(new Fault("a worker killed with its hands full", () -> handsFull(store)));
          faults.add(
              new Fault(
                  "a worker started without mongodb",
                  () -> startedWithout(fleet.workers().getFirst(), store)));
        }
        if (store.name().equals("rabbitmq")) {
          faults.add(
              new Fault(
                  "a webhook started without rabbitmq",
                  () -> startedWithout(fleet.webhook(), store)));
          faults.add(new Fault("rabbitmq away, posts go on", () -> rabbitAway(store)));
        }
      }
    }
    return faults;
  }

  /** Those that may come any number of times. */
  private List<Fault> simple() {
    List<Fault> simple = new ArrayList<>();
    if (options.breakage() == Breakage.NO_GRACE) {
      simple.add(new Fault(ROLLING_RESTART, this::rollingRestart));
      return simple;
    }
    if (options.breakage() != null) {
      // Where a broken promise would show.
      for (App worker : fleet.workers()) {
        simple.add(new Fault("kill -9 " + kind(worker), () -> killed(worker)));
        simple.add(new Fault("SIGSTOP " + kind(worker), () -> hangs(worker)));
      }
      return simple;
    }
    List<Victim> victims = new ArrayList<>(fleet.all());
    victims.addAll(stores.own());
    for (Victim victim : victims) {
      if (options.brief() && victim.name().equals("worker-2")) {
        continue;
      }
      simple.add(new Fault("kill -9 " + kind(victim), () -> killed(victim)));
      if (!options.brief() || victim.name().equals("mongodb")) {
        simple.add(new Fault("SIGSTOP " + kind(victim), () -> hangs(victim)));
      }
    }
    RabbitMQServer broker = stores.broker();
    if (broker != null) {
      simple.add(new Fault("memory alarm", () -> blocked(broker)));
      if (!options.brief()) {
        simple.add(new Fault("all AMQP connections cut", broker::cutConnections));
      }
    }
    return simple;
  }

  private static String kind(Victim victim) {
    return victim.name().startsWith("worker") ? "worker" : victim.name();
  }

  private void befall(Fault fault) throws Exception {
    Thread.sleep(1_000 + random.nextInt(3_000));
    String at = sinceBegin();
    told = "";
    fault.course().run();
    Probe.Recovery recovery = probe.recovery();
    longest.merge(fault.name(), recovery.took(), (a, b) -> a.compareTo(b) > 0 ? a : b);
    if (recovery.missing() != null) {
      findings.add("never back after " + fault.name() + ": " + recovery.missing());
    }
    out.printf(
        "%s  %-38s %s%s%n",
        at,
        fault.name(),
        recovery.missing() == null
            ? "back after " + seconds(recovery.took())
            : "NOT back after " + seconds(recovery.took()) + ": " + recovery.missing(),
        told.isEmpty() ? "" : "; " + told);
  }

  private void killed(Victim victim) throws Exception {
    away(victim, Duration.ofMillis(2_000 + random.nextInt(3_000)));
  }

  private static void away(Victim victim, Duration pause) throws Exception {
    victim.kill();
    Thread.sleep(pause);
    victim.start();
  }

  private static void hangs(Victim victim) throws Exception {
    victim.suspend();
    try {
      Thread.sleep(HANG);
    } finally {
      victim.resume();
    }
  }

  private static void blocked(RabbitMQServer broker) throws Exception {
    broker.memoryAlarm(true);
    try {
      Thread.sleep(BLOCKED);
    } finally {
      broker.memoryAlarm(false);
    }
  }

  /** While MongoDB hangs, a worker holds as many messages as it may, and then it dies. */
  private void handsFull(Victim mongodb) throws Exception {
    App worker = fleet.workers().getFirst();
    mongodb.suspend();
    try {
      Thread.sleep(HANG);
      worker.kill();
    } finally {
      mongodb.resume();
    }
    worker.start();
  }

  private static void startedWithout(Victim app, Victim store) throws Exception {
    store.kill();
    app.kill();
    app.start();
    Thread.sleep(HANG);
    store.start();
  }

  /** RabbitMQ is away: posts get 200 all the same, soon, and what they bring is applied. */
  private void rabbitAway(Victim rabbitmq) throws Exception {
    rabbitmq.kill();
    long from = System.nanoTime();
    Thread.sleep(AWAY);
    long to = System.nanoTime();
    // The first second belongs to the breaker that finds out.
    List<Answer> answers = posts.answers(from + Duration.ofSeconds(1).toNanos(), to);
    List<Answer> settled =
        answers.stream().filter(answer -> to - answer.at() > 1_000_000_000L).toList();
    long others = settled.stream().filter(answer -> answer.status() != 200).count();
    List<Long> times = settled.stream().map(Answer::millis).sorted().toList();
    if (others > 0) {
      findings.add(others + " posts were not answered 200 while RabbitMQ was away");
    }
    requireMany(
        times.size(), Duration.ofNanos(to - from), "posts answered while RabbitMQ was away");
    told =
        "posts meanwhile %d, p99 %s ms; %s"
            .formatted(
                times.size(),
                times.isEmpty() ? "-" : times.get((int) (times.size() * 0.99)),
                appliedMeanwhile("RabbitMQ was away", from, to));
    rabbitmq.start();
  }

  /** The grpc app takes calls, and is no help: events go on without it. */
  private void grpcAnswers(String how) throws Exception {
    long from = System.nanoTime();
    fleet.grpcAnswers(how);
    try {
      Thread.sleep(AWAY);
      told = appliedMeanwhile("grpc was " + how, from, System.nanoTime());
    } finally {
      fleet.grpcAnswers("");
    }
  }

  /**
   * Waits until what was sent and kept in the first half of a fault is applied while the fault
   * still lasts. What was sent before it may be in RabbitMQ's queue, and comes back with that.
   */
  private String appliedMeanwhile(String when, long from, long to) throws Exception {
    Set<String> open = new HashSet<>();
    for (Posts.Accepted accepted : posts.accepted()) {
      if (accepted.sent() - from > 0 && to - accepted.at() > (to - from) / 2) {
        open.add(accepted.event().id());
      }
    }
    int came = open.size();
    requireMany(came, Duration.ofNanos((to - from) / 2), "events accepted while " + when);
    if (!Waiting.until(AWAY, () -> areApplied(open))) {
      findings.add(
          open.size() + " of " + came + " events that came while " + when + " were not applied");
    }
    return "applied meanwhile %d of %d".formatted(came - open.size(), came);
  }

  /** Where little came there is little to be seen: half of the load at least must have come. */
  private void requireMany(int came, Duration time, String what) {
    if (came < options.rate() * time.toMillis() / 2_000) {
      findings.add("only " + came + " " + what);
    }
  }

  /** Takes out what is applied; true once nothing is left. */
  private boolean areApplied(Set<String> ids) {
    Set<String> applied = new HashSet<>();
    mirrors.events(
        ids,
        event -> {
          if ("applied".equals(event.getString("state"))) {
            applied.add(event.getString("_id"));
          }
        });
    ids.removeAll(applied);
    return ids.isEmpty();
  }

  /** It ends each worker that takes it up, until its claims are used up and it is parked. */
  private void poison() throws Exception {
    Delivery poison = traffic.poison();
    posts.postEagerly(poison);
    Probe.Recovery meanwhile = probe.flow();
    boolean parked =
        Waiting.until(
            PARKED,
            () -> {
              Document event = mirrors.event(poison.event().id());
              return event != null && "parked".equals(event.getString("state"));
            });
    if (!parked) {
      findings.add("the poisonous event " + poison.event().id() + " is not parked");
    }
    fleet.poison(false);
    if (meanwhile.missing() != null) {
      findings.add("behind the poisonous event nothing flowed on: " + meanwhile.missing());
    }
    told =
        "%s after it ended %d workers; an event behind it took %s"
            .formatted(
                parked ? "parked" : "NOT parked", fleet.poisoned(), seconds(meanwhile.took()));
  }

  /** SIGTERM to one worker after the other, ten times over. */
  private void rollingRestarts() throws Exception {
    for (int round = 0; round < ROLLING_RESTARTS; round++) {
      for (App worker : fleet.workers()) {
        if (!worker.terminate()) {
          findings.add(worker.name() + " did not end within its grace period");
        }
        worker.start();
        if (!Waiting.until(START, worker::isReady)) {
          findings.add(worker.name() + " was not ready again after a restart");
        }
      }
    }
    told = ROLLING_RESTARTS + " times both";
  }

  /** Old and new processes side by side: no request may fail, and no event be lost. */
  private void rollingRestart() throws Exception {
    Rollout rollout = new Rollout(fleet, posts, mirrors, options);
    told = rollout.run();
    findings.addAll(rollout.findings());
  }

  private String sinceBegin() {
    long seconds = Duration.ofNanos(System.nanoTime() - begin).toSeconds();
    return "%3d:%02d".formatted(seconds / 60, seconds % 60);
  }

  static String seconds(Duration duration) {
    return "%.1f s".formatted(duration.toMillis() / 1_000.0);
  }
}
