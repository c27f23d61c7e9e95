package io.driveline.worker.leader;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.impl.DefaultCamelContext;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Workers of one machine, each a Camel context with a route behind {@code master:}. */
class FileElectionTest {

  private static final Duration INTERVAL = Duration.ofMillis(300);
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  @TempDir Path folder;

  /** One worker. */
  private static final class Worker implements AutoCloseable {

    private final FileElection election;
    private final DefaultCamelContext camel = new DefaultCamelContext();
    private final AtomicInteger runs = new AtomicInteger();

    Worker(Path folder) throws Exception {
      election = new FileElection(folder, INTERVAL, Clock.systemUTC());
      camel.addService(election);
      camel.addRoutes(
          new RouteBuilder() {
            @Override
            public void configure() {
              from("master:worker:timer:removal?period=50")
                  .process(exchange -> runs.incrementAndGet());
            }
          });
      camel.start();
    }

    boolean leads() {
      return election.leads();
    }

    Duration leaderless() {
      return election.leaderless();
    }

    void stop() {
      camel.stop();
    }

    @Override
    public void close() {
      stop();
    }
  }

  @Test
  void oneOfTwoRunsItAndTheOtherTakesOverWhenThatStops() throws Exception {
    try (Worker one = new Worker(folder);
        Worker other = new Worker(folder)) {
      await().atMost(PATIENCE).until(() -> one.leads() || other.leads());
      Worker leader = one.leads() ? one : other;
      Worker follower = leader == one ? other : one;
      await().atMost(PATIENCE).until(() -> leader.runs.get() > 5);

      assertThat(follower.leads()).isFalse();
      assertThat(follower.runs).hasValue(0);
      assertThat(leader.leaderless()).isZero();
      await().atMost(PATIENCE).until(() -> follower.leaderless().isZero());

      leader.stop();
      int ended = leader.runs.get();
      await().atMost(PATIENCE).until(() -> follower.leads() && follower.runs.get() > 5);
      assertThat(leader.runs).hasValue(ended);
      assertThat(follower.leaderless()).isZero();
    }
  }

  @Test
  void whereNobodyCanLeadThatIsCountedAndEndsWithTheFirstLeader() throws Exception {
    Files.createDirectories(folder);
    try (FileChannel held =
            FileChannel.open(
                folder.resolve("worker"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        Worker worker = new Worker(folder)) {
      FileLock lock = held.lock(0, 1, false);
      Duration enough = INTERVAL.multipliedBy(6);
      await().atMost(PATIENCE).until(() -> worker.leaderless().compareTo(enough) > 0);
      assertThat(worker.leads()).isFalse();
      assertThat(worker.runs).hasValue(0);

      lock.release();
      await().atMost(PATIENCE).until(() -> worker.leads() && worker.leaderless().isZero());
    }
  }

  @Test
  void aLeaderThatIsSilentCountsAsNone() throws IOException {
    FileElection follower = new FileElection(folder, INTERVAL, Clock.systemUTC());
    Files.writeString(folder.resolve("worker.dat"), "the leader was here");
    assertThat(follower.leaderless()).isZero();

    await().atMost(PATIENCE).until(() -> follower.leaderless().compareTo(INTERVAL) > 0);
  }
}
