package io.driveline.webhook;

import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;

/**
 * A few clients that post one event after the other, each with an id of its own, until they end.
 */
final class Posting implements AutoCloseable {

  private static final int CLIENTS = 4;
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  /** What a post was answered with. */
  record Answer(String id, int status, boolean retryAfter) {}

  private final RunningWebhook webhook;
  private final String prefix;
  private final AtomicInteger next = new AtomicInteger();
  private final Queue<Answer> answers = new ConcurrentLinkedQueue<>();
  private final ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor();
  private volatile boolean ended;

  /**
   * Begins.
   *
   * @param prefix of the events' ids
   */
  Posting(RunningWebhook webhook, String prefix) {
    this.webhook = webhook;
    this.prefix = prefix;
    for (int i = 0; i < CLIENTS; i++) {
      clients.execute(this::post);
    }
  }

  private void post() {
    while (!ended) {
      String id = prefix + next.incrementAndGet();
      var answer = webhook.post(RunningWebhook.event(id));
      answers.add(
          new Answer(
              id, answer.statusCode(), answer.headers().firstValue("Retry-After").isPresent()));
    }
  }

  /** Waits for more posts with an outcome. */
  void await(int more, String outcome) {
    double before = webhook.posts("default", outcome);
    Awaitility.await()
        .atMost(PATIENCE)
        .until(() -> webhook.posts("default", outcome) >= before + more);
  }

  /** All so far. */
  List<Answer> answers() {
    return List.copyOf(answers);
  }

  /** The ids of those with a status, in order. */
  List<String> answered(int status) {
    return answers.stream()
        .filter(answer -> answer.status() == status)
        .map(Answer::id)
        .sorted()
        .toList();
  }

  /** Ends when the posts under way are answered. */
  @Override
  public void close() {
    ended = true;
    clients.shutdown();
    try {
      if (!clients.awaitTermination(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
        throw new IllegalStateException("posts are not answered");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
