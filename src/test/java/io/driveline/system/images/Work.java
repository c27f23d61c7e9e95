package io.driveline.system.images;

import io.driveline.sandbox.stripe.Poster;
import io.driveline.sandbox.stripe.SampleObjects;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/** A steady load: signed events to the webhook, and reads of what they changed from the api. */
final class Work implements AutoCloseable {

  static final String SECRET = "whsec_images_proof";
  static final String KEY = "dk_images_proof_admin";

  private static final Duration ANSWER = Duration.ofSeconds(15);
  private static final Duration APPLIED = Duration.ofSeconds(60);
  private static final Duration POLL = Duration.ofMillis(200);
  private static final List<String> TYPES =
      List.of("customer.created", "invoice.paid", "payment_intent.succeeded", "charge.succeeded");

  /** How many events back one is read: long enough ago to be applied, as a rule. */
  private static final int BEHIND = 400;

  /** No more at once: what is slower than the load is to be seen, not to be buried. */
  private static final int AT_ONCE = 64;

  private final HttpClient http = HttpClient.newBuilder().connectTimeout(ANSWER).build();
  private final ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor();
  private final Semaphore places = new Semaphore(AT_ONCE);
  private final Map<String, Integer> wrong = new ConcurrentHashMap<>();
  private final AtomicInteger posted = new AtomicInteger();
  private final AtomicInteger read = new AtomicInteger();
  private final AtomicInteger early = new AtomicInteger();
  private final Poster poster;
  private final URI api;
  private final int rate;
  private long number;
  private volatile String last;

  /**
   * @param webhook the whole address
   * @param api null to read nothing
   * @param rate events a second, and as many reads
   */
  Work(URI webhook, URI api, int rate) {
    this.poster = new Poster(webhook, Clock.systemUTC());
    this.api = api;
    this.rate = rate;
  }

  /**
   * Works for so long, and has each second looked at what {@code look} looks at. Before that it
   * works slowly for a while: the stores in this process have just started, too, and at the full
   * rate what they have not compiled yet takes the apps' share of the cores for the first seconds.
   */
  void go(Duration duration, Look look) throws IOException, InterruptedException {
    goOn(duration.dividedBy(10), 6_000_000_000L / rate, look);
    goOn(duration, 1_000_000_000L / rate, look);
    places.acquire(AT_ONCE);
    places.release(AT_ONCE);
  }

  private void goOn(Duration duration, long nanosApart, Look look)
      throws IOException, InterruptedException {
    long begin = System.nanoTime();
    long nextLook = begin;
    for (long due = begin; System.nanoTime() - begin < duration.toNanos(); due += nanosApart) {
      LockSupport.parkNanos(due - System.nanoTime());
      long event = number++;
      submit(() -> post(event));
      if (api != null) {
        submit(() -> read(event));
      }
      if (System.nanoTime() >= nextLook) {
        look.look();
        nextLook += Duration.ofSeconds(1).toNanos();
      }
    }
  }

  /** What is done each second meanwhile. */
  interface Look {
    void look() throws IOException, InterruptedException;
  }

  private interface Task {
    void run() throws IOException, InterruptedException;
  }

  private void submit(Task task) throws InterruptedException {
    places.acquire();
    executor.submit(
        () -> {
          try {
            task.run();
          } catch (IOException e) {
            wrong.merge("no answer: " + e, 1, Integer::sum);
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          } finally {
            places.release();
          }
        });
  }

  private void post(long number) throws IOException, InterruptedException {
    String unique = "proof" + number;
    int status =
        poster.post(
            SampleObjects.event(
                TYPES.get((int) (number % TYPES.size())),
                unique,
                Clock.systemUTC().instant().getEpochSecond()),
            SECRET);
    if (status == 200) {
      posted.incrementAndGet();
      last = "evt_" + unique;
    } else {
      wrong.merge("the webhook answered " + status, 1, Integer::sum);
    }
  }

  private void read(long number) throws IOException, InterruptedException {
    String path =
        switch ((int) (number % 4)) {
          case 0 -> "/api/v1/objects/customer?limit=20";
          case 1 -> "/api/v1/objects/customer/cus_proof" + Math.max(0, number - BEHIND) / 4 * 4;
          case 2 -> "/api/v1/events?limit=20";
          default -> "/api/v1/events/evt_proof" + Math.max(0, number - BEHIND);
        };
    HttpResponse<String> answer = get(path);
    if (answer.statusCode() == 200) {
      read.incrementAndGet();
    } else if (answer.statusCode() == 404) {
      early.incrementAndGet();
    } else {
      String what = path.replaceAll("\\d+$", "…");
      wrong.merge("the api answered " + answer.statusCode() + " to " + what, 1, Integer::sum);
    }
  }

  /** Whether the last event that was posted has gone the whole way. */
  boolean isApplied() throws IOException, InterruptedException {
    long end = System.nanoTime() + APPLIED.toNanos();
    while (System.nanoTime() < end) {
      if (get("/api/v1/events/" + last).body().contains("\"applied\"")) {
        return true;
      }
      LockSupport.parkNanos(POLL.toNanos());
    }
    return false;
  }

  private HttpResponse<String> get(String path) throws IOException, InterruptedException {
    return http.send(
        HttpRequest.newBuilder(api.resolve(path))
            .header("Authorization", "Bearer " + KEY)
            .timeout(ANSWER)
            .build(),
        HttpResponse.BodyHandlers.ofString());
  }

  int posted() {
    return posted.get();
  }

  int read() {
    return read.get();
  }

  /** How many reads asked for what was not applied yet. */
  int early() {
    return early.get();
  }

  /** What was answered wrong, and how often. */
  Map<String, Integer> wrong() {
    return Map.copyOf(wrong);
  }

  @Override
  public void close() {
    executor.shutdownNow();
    http.shutdownNow();
  }
}
