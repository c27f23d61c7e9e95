package io.driveline.system.faults;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.locks.LockSupport;

/** Clients that read over REST at a steady rate, however slow the answers before are. */
final class ReadLoad implements AutoCloseable {

  private static final Duration TIMEOUT = Duration.ofSeconds(15);

  /** On a machine that cannot do more, the rate falls; what waits would fill the memory. */
  private static final int MOST_OPEN = 200;

  private final HttpClient http =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .connectTimeout(TIMEOUT)
          .executor(Executors.newVirtualThreadPerTaskExecutor())
          .build();

  private final URI api;
  private final List<String> paths;
  private final long periodNanos;
  private final Queue<Answer> answers = new ConcurrentLinkedQueue<>();
  private final Semaphore room = new Semaphore(MOST_OPEN);
  private final ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor();
  private final Thread clock = Thread.ofPlatform().name("reads").unstarted(this::run);
  private volatile boolean ended;

  /**
   * @param paths what to read, in turns
   * @param rate reads a second
   */
  ReadLoad(URI api, List<String> paths, int rate) {
    this.api = api;
    this.paths = List.copyOf(paths);
    this.periodNanos = Duration.ofSeconds(1).toNanos() / rate;
  }

  void start() {
    clock.start();
  }

  private void run() {
    long begin = System.nanoTime();
    for (int sent = 0; !ended; sent++) {
      long due = begin + sent * periodNanos;
      while (System.nanoTime() - due < 0) {
        LockSupport.parkNanos(due - System.nanoTime());
      }
      String path = paths.get(sent % paths.size());
      room.acquireUninterruptibly();
      executor.submit(() -> read(path));
    }
  }

  private void read(String path) {
    answers.add(get(http, api, path));
    room.release();
  }

  /** Reads once. */
  static Answer get(HttpClient http, URI api, String path) {
    long begin = System.nanoTime();
    int status = 0;
    try {
      status =
          http.send(
                  HttpRequest.newBuilder(api.resolve(path))
                      .header("Authorization", "Bearer " + Fleet.KEY)
                      .timeout(TIMEOUT)
                      .build(),
                  HttpResponse.BodyHandlers.discarding())
              .statusCode();
    } catch (IOException e) {
      // No answer: the status is 0.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return new Answer(begin, (System.nanoTime() - begin) / 1_000_000, status);
  }

  /** Ends it, and gives what was answered once all is. */
  List<Answer> end() throws InterruptedException {
    ended = true;
    clock.join();
    executor.close();
    return List.copyOf(answers);
  }

  @Override
  public void close() {
    ended = true;
    executor.shutdownNow();
    http.shutdownNow();
  }
}
