package io.driveline.system.faults;

import com.fasterxml.jackson.databind.JsonNode;
import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import com.rabbitmq.client.DefaultConsumer;
import com.rabbitmq.client.Envelope;
import com.rabbitmq.client.GetResponse;
import com.rabbitmq.client.ShutdownSignalException;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/**
 * A consumer keyed on the id, as the company's own services are: it hears change events and facts
 * on durable queues of its own, and what RabbitMQ gives up. Heard at least once is right; heard
 * twice with other data is not.
 */
final class Hearing implements AutoCloseable {

  private static final Duration PAUSE = Duration.ofMillis(300);
  private static final int PREFETCH = 200;

  private final ConnectionFactory factory = new ConnectionFactory();
  private final String prefix;
  private final String changesQueue;
  private final String factsQueue;
  private final String deadQueue;
  private final Map<String, Long> changes = new ConcurrentHashMap<>();
  private final Map<String, Long> facts = new ConcurrentHashMap<>();
  private final Map<String, String> told = new ConcurrentHashMap<>();
  private final Map<String, Long> snapshots = new ConcurrentHashMap<>();
  private final Set<String> superseded = ConcurrentHashMap.newKeySet();
  private final Queue<String> contradictions = new ConcurrentLinkedQueue<>();
  private final AtomicLong messages = new AtomicLong();
  private final Thread thread = Thread.ofPlatform().name("hearing").unstarted(this::run);
  private volatile boolean closed;

  /**
   * @param uri RabbitMQ
   * @param prefix what the ids of this run's events begin with
   * @param tag makes its queues its own
   */
  Hearing(String uri, String prefix, String tag) throws Exception {
    factory.setUri(new URI(uri));
    factory.setAutomaticRecoveryEnabled(false);
    this.prefix = prefix;
    this.changesQueue = "fault_suite." + tag + ".changes";
    this.factsQueue = "fault_suite." + tag + ".facts";
    this.deadQueue = "fault_suite." + tag + ".dead";
  }

  /** Declares the queues before the first event can come, and listens from now on. */
  void start() throws IOException, TimeoutException {
    try (Connection connection = factory.newConnection()) {
      Channel channel = connection.createChannel();
      channel.exchangeDeclare("driveline.changes", "topic", true);
      channel.exchangeDeclare("driveline.facts", "direct", true);
      channel.exchangeDeclare("driveline.dead", "direct", true);
      Map<String, Object> quorum = Map.of("x-queue-type", "quorum");
      for (String queue : List.of(changesQueue, factsQueue, deadQueue)) {
        channel.queueDeclare(queue, true, false, false, quorum);
      }
      channel.queueBind(changesQueue, "driveline.changes", "#");
      channel.queueBind(factsQueue, "driveline.facts", "analytics_queue_v1");
      channel.queueBind(deadQueue, "driveline.dead", "worker_queue_v1.dead");
    }
    thread.start();
  }

  private void run() {
    while (!closed) {
      try (Connection connection = factory.newConnection()) {
        CountDownLatch over = new CountDownLatch(1);
        connection.addShutdownListener(cause -> over.countDown());
        Channel channel = connection.createChannel();
        channel.basicQos(PREFETCH);
        channel.basicConsume(changesQueue, false, consumer(channel, this::change));
        channel.basicConsume(factsQueue, false, consumer(channel, this::fact));
        over.await();
      } catch (IOException | TimeoutException | ShutdownSignalException e) {
        // One of the faults; what was not acknowledged comes again.
        LockSupport.parkNanos(PAUSE.toNanos());
      } catch (InterruptedException e) {
        return;
      }
    }
  }

  private interface Ear {
    void hear(byte[] body) throws IOException;
  }

  private DefaultConsumer consumer(Channel channel, Ear ear) {
    return new DefaultConsumer(channel) {
      @Override
      public void handleDelivery(
          String tag, Envelope envelope, AMQP.BasicProperties properties, byte[] body)
          throws IOException {
        ear.hear(body);
        messages.incrementAndGet();
        channel.basicAck(envelope.getDeliveryTag(), false);
      }
    };
  }

  private void change(byte[] body) throws IOException {
    JsonNode change = Canonical.JSON.readTree(body);
    String id = change.path("id").asText();
    if (!id.startsWith(prefix)) {
      return;
    }
    if (note(changes, id, body, "change event")) {
      snapshots.put(id, Canonical.digest(change.path("data").path("object")));
      if (change.path("superseded").asBoolean()) {
        superseded.add(id);
      }
    }
  }

  private void fact(byte[] body) throws IOException {
    JsonNode fact = Canonical.JSON.readTree(body);
    String id = fact.path("eventId").asText();
    if (id.startsWith(prefix) && note(facts, id, body, "fact")) {
      told.put(
          id,
          told(
              fact.path("type").asText(),
              fact.path("objectType").asText(),
              fact.path("objectId").asText(),
              fact.path("created").asLong()));
    }
  }

  private static String told(String type, String objectType, String objectId, long created) {
    return String.join(" ", type, objectType, objectId, String.valueOf(created));
  }

  /** Whether it is the first of this id. */
  private boolean note(Map<String, Long> heard, String id, byte[] body, String what) {
    long digest = Canonical.digest(body);
    Long before = heard.putIfAbsent(id, digest);
    if (before != null && before != digest) {
      contradictions.add(id + " had two different " + what + "s");
    }
    return before == null;
  }

  /** How many messages came, repeated ones too. */
  long messages() {
    return messages.get();
  }

  boolean heardChange(String id) {
    return changes.containsKey(id);
  }

  boolean heardFact(String id) {
    return facts.containsKey(id);
  }

  /** Whether an event's fact is about this event and its object. */
  boolean tellsOf(Planned event) {
    Life life = event.object();
    return told(event.type(), life.type(), life.id(), event.created()).equals(told.get(event.id()));
  }

  /** A digest of the snapshot in an event's change event; null if none was heard. */
  Long snapshot(String id) {
    return snapshots.get(id);
  }

  /** Whether an event's change event says that a newer state was there. */
  boolean superseded(String id) {
    return superseded.contains(id);
  }

  /** Ids that were announced twice with other data. */
  List<String> contradictions() {
    return List.copyOf(contradictions);
  }

  /** How many events RabbitMQ has given up. */
  int dead() throws IOException, TimeoutException {
    try (Connection connection = factory.newConnection()) {
      Channel channel = connection.createChannel();
      int dead = 0;
      for (GetResponse next = channel.basicGet(deadQueue, false);
          next != null;
          next = channel.basicGet(deadQueue, false)) {
        dead++;
      }
      return dead;
    }
  }

  /** Takes the queues away from a RabbitMQ that is not the suite's own. */
  void forget() throws IOException, TimeoutException {
    close();
    try (Connection connection = factory.newConnection()) {
      Channel channel = connection.createChannel();
      for (String queue : List.of(changesQueue, factsQueue, deadQueue)) {
        channel.queueDelete(queue);
      }
    }
  }

  @Override
  public void close() {
    closed = true;
    thread.interrupt();
  }
}
