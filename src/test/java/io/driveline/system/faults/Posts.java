package io.driveline.system.faults;

import io.driveline.stripe.WebhookSignature;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Clock;
import java.time.Duration;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Posts events as Stripe does: the same one again, with a new signature, until it is answered 200.
 * What was answered 200 is accepted; what Driveline does with it is what the suite is about.
 */
final class Posts implements AutoCloseable {

  /** Longer than a webhook hangs in any fault would hide a post that never ends. */
  private static final Duration TIMEOUT = Duration.ofSeconds(15);

  private static final long FIRST_PAUSE_MILLIS = 250;
  private static final long LONGEST_PAUSE_MILLIS = 4_000;
  private static final long EAGER_PAUSE_MILLIS = 100;

  /**
   * An event that was answered 200.
   *
   * @param sent when the first post of it that was answered so was sent, {@link System#nanoTime()}
   * @param at when it was answered
   */
  record Accepted(Planned event, long sent, long at) {}

  private final HttpClient client =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .connectTimeout(TIMEOUT)
          .executor(Executors.newVirtualThreadPerTaskExecutor())
          .build();

  private final URI webhook;
  private final String secret;
  private final Clock clock;

  private final Map<String, Planned> sent = new ConcurrentHashMap<>();
  private final Map<String, Accepted> accepted = new ConcurrentHashMap<>();
  private final Set<Long> awaited = ConcurrentHashMap.newKeySet();
  private final Queue<Answer> answers = new ConcurrentLinkedQueue<>();
  private final Map<Integer, Integer> refused = new ConcurrentHashMap<>();
  private final AtomicInteger open = new AtomicInteger();
  private final AtomicLong kept = new AtomicLong();
  private volatile Delivery latest;
  private volatile boolean ended;

  /**
   * @param webhook the whole address
   * @param clock for the signatures
   */
  Posts(URI webhook, String secret, Clock clock) {
    this.webhook = webhook;
    this.secret = secret;
    this.clock = clock;
  }

  /**
   * Posts it until it is answered 200, or this is closed.
   *
   * @return whether it was answered 200
   */
  boolean post(Delivery delivery) throws InterruptedException {
    return post(delivery, FIRST_PAUSE_MILLIS, LONGEST_PAUSE_MILLIS);
  }

  /** The same without growing pauses, so that it goes through as soon as anything can. */
  boolean postEagerly(Delivery delivery) throws InterruptedException {
    return post(delivery, EAGER_PAUSE_MILLIS, EAGER_PAUSE_MILLIS);
  }

  private boolean post(Delivery delivery, long firstPause, long longestPause)
      throws InterruptedException {
    Planned event = delivery.event();
    sent.putIfAbsent(event.id(), event);
    open.incrementAndGet();
    try {
      long pause = firstPause;
      while (!ended) {
        long begin = System.nanoTime();
        int status = attempt(delivery);
        if (status == 200) {
          kept.incrementAndGet();
          accepted.putIfAbsent(event.id(), new Accepted(event, begin, System.nanoTime()));
          latest = delivery;
          return true;
        }
        if (status >= 400 && status < 500 && status != 408 && status != 429) {
          refused.merge(status, 1, Integer::sum);
        }
        Thread.sleep(pause + ThreadLocalRandom.current().nextLong(pause));
        pause = Math.min(pause * 2, longestPause);
      }
      return false;
    } finally {
      open.decrementAndGet();
    }
  }

  /** What was answered 200 last, and so changes nothing when it is posted again. */
  Delivery latest() {
    return latest;
  }

  /** A whole request that posts it, as it goes over the wire. */
  byte[] again(Delivery delivery) {
    byte[] head =
        HalfSent.head(
            "POST " + webhook.getPath() + " HTTP/1.1",
            "Host: localhost",
            "Content-Type: application/json; charset=utf-8",
            "Content-Length: " + delivery.body().length,
            "Stripe-Signature: " + signature(delivery));
    byte[] request = Arrays.copyOf(head, head.length + delivery.body().length);
    System.arraycopy(delivery.body(), 0, request, head.length, delivery.body().length);
    return request;
  }

  private String signature(Delivery delivery) {
    return WebhookSignature.sign(delivery.body(), secret, clock.instant());
  }

  private int attempt(Delivery delivery) throws InterruptedException {
    long begin = System.nanoTime();
    awaited.add(begin);
    int status = 0;
    try {
      HttpRequest request =
          HttpRequest.newBuilder(webhook)
              .timeout(TIMEOUT)
              .header("Content-Type", "application/json; charset=utf-8")
              .header("User-Agent", "Stripe/1.0 (+https://stripe.com/docs/webhooks)")
              .header("Stripe-Signature", signature(delivery))
              .POST(HttpRequest.BodyPublishers.ofByteArray(delivery.body()))
              .build();
      status = client.send(request, HttpResponse.BodyHandlers.discarding()).statusCode();
    } catch (IOException e) {
      // A webhook that is killed or hangs gives no answer.
      status = 0;
    }
    answers.add(new Answer(begin, (System.nanoTime() - begin) / 1_000_000, status));
    awaited.remove(begin);
    return status;
  }

  /** How many posts have not come to their end yet. */
  int open() {
    return open.get();
  }

  /** How many events were posted, each counted once. */
  int sent() {
    return sent.size();
  }

  /** What was answered 200, each once. */
  Collection<Accepted> accepted() {
    return accepted.values();
  }

  /** The event of this id if it was answered 200; null if not. */
  Accepted accepted(String id) {
    return accepted.get(id);
  }

  /** The event of this id, if it was posted; null if not. */
  Planned sent(String id) {
    return sent.get(id);
  }

  /** How many answers 200 there were beyond the first one of each event. */
  long repeated() {
    return kept.get() - accepted.size();
  }

  /** How often which 4xx was answered, which no event here deserves. */
  Map<Integer, Integer> refused() {
    return Map.copyOf(refused);
  }

  /** What was posted and never answered 200. */
  List<Planned> unanswered() {
    return sent.values().stream().filter(event -> !accepted.containsKey(event.id())).toList();
  }

  /** Whether no post that was sent before a point of {@link System#nanoTime()} waits any more. */
  boolean areAnswered(long to) {
    return awaited.stream().noneMatch(sent -> sent - to < 0);
  }

  /** What was answered to posts sent between two points of {@link System#nanoTime()}. */
  List<Answer> answers(long from, long to) {
    return answers.stream().filter(a -> a.at() - from >= 0 && a.at() - to < 0).toList();
  }

  /** Gives up what is still open. */
  @Override
  public void close() {
    ended = true;
    client.shutdownNow();
  }
}
