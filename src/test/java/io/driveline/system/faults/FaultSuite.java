package io.driveline.system.faults;

import com.mongodb.MongoException;
import java.io.IOException;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.bson.Document;

/**
 * One run: stores and apps, load, storm, and the comparison afterwards. Whatever happens, nothing
 * of it is left running.
 */
final class FaultSuite {

  private static final Duration START = Duration.ofSeconds(300);

  /** So long nothing may move before what is open counts as lost. */
  private static final Duration SETTLE = Duration.ofSeconds(60);

  private static final int WRITTEN_UP = 200;

  private final Options options;
  private final PrintStream out;

  FaultSuite(Options options, PrintStream out) {
    this.options = options;
    this.out = out;
  }

  /** Runs it; its folder is kept if the outcome is not good, and the last line says where. */
  Outcome run() throws Exception {
    Path folder = Files.createTempDirectory("driveline-faults");
    Outcome outcome;
    try (Leftovers leftovers = new Leftovers(folder)) {
      outcome = run(folder, leftovers);
    } catch (Exception e) {
      out.println("The logs are in " + folder);
      throw e;
    }
    if (outcome.isGood()) {
      delete(folder);
    } else {
      out.println("The apps' logs, and what the ledger says of each, are in " + folder);
    }
    return outcome;
  }

  private Outcome run(Path folder, Leftovers leftovers) throws Exception {
    String tag = Long.toString(options.seed(), 36);
    Stores stores = leftovers.keep(Stores.start(options, folder));
    if (!stores.given().isEmpty()) {
      tag += Long.toString(System.currentTimeMillis() / 1_000, 36);
      out.println("left out: faults of " + String.join(", ", stores.given()) + ", which are given");
    }
    Traffic traffic = new Traffic(options.seed(), tag);
    Hearing hearing = leftovers.keep(new Hearing(stores.rabbitmq(), traffic.prefix(), tag));
    hearing.start();
    Fleet fleet = leftovers.keep(Fleet.start(stores, options.breakage(), folder));
    awaitReady(fleet);

    Mirrors mirrors = leftovers.keep(new Mirrors(stores.mongodb()));
    Posts posts =
        leftovers.keep(new Posts(fleet.webhookAddress(), Fleet.SECRET, Clock.systemUTC()));
    Load load = leftovers.keep(new Load(traffic, posts, options.rate()));
    Watch watch = leftovers.keep(new Watch(mirrors, load));
    out.printf("seed %d, %d events/s, apps and stores are up%n", options.seed(), options.rate());
    load.start();
    watch.start();
    Storm storm = new Storm(options, stores, fleet, traffic, posts, mirrors, out);
    storm.rage();
    List<String> calm = new Calm(fleet).pass();
    load.end();
    out.println("the storm is over; waiting until everything has settled");
    Comparison comparison =
        new Comparison(posts, mirrors, hearing, watch, new Reads(fleet.apiAddress()));
    comparison.settle(SETTLE);
    watch.close();
    Outcome outcome = comparison.compare(storm, fleet, !options.brief());
    outcome.findings.addAll(calm);
    outcome.print(out);
    if (!outcome.isGood()) {
      writeUp(outcome, mirrors, folder.resolve("not-kept.txt"));
    }
    if (stores.given().contains("rabbitmq")) {
      hearing.forget();
    }
    return outcome;
  }

  private static void awaitReady(Fleet fleet) throws Exception {
    long end = System.nanoTime() + START.toNanos();
    while (!fleet.areReady()) {
      if (System.nanoTime() - end > 0 || !fleet.crashes().isEmpty()) {
        throw new IllegalStateException("the apps do not get ready " + fleet.crashes());
      }
      Thread.sleep(200);
    }
  }

  /** For each thing that is wrong: what the reference says, the mirror, and the ledger. */
  private static void writeUp(Outcome outcome, Mirrors mirrors, Path file) throws IOException {
    try (PrintWriter writer = new PrintWriter(Files.newBufferedWriter(file))) {
      int written = 0;
      for (Map.Entry<String, Life> wrong : outcome.wrong().entrySet()) {
        writer.println(wrong.getKey());
        Life life = wrong.getValue();
        if (life == null || written++ > WRITTEN_UP) {
          continue;
        }
        writer.println("  expected " + life.version() + " " + life.last());
        try {
          for (Document mirrored : mirrors.mirrored(List.of(life)).values()) {
            writer.println("  mirror   " + mirrored.toJson());
          }
          for (Document event : mirrors.eventsOf(life)) {
            writer.println("  ledger   " + event.toJson());
          }
        } catch (MongoException e) {
          writer.println("  MongoDB does not answer: " + e.getMessage());
        }
      }
    }
  }

  private static void delete(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }
}
