package io.driveline.api;

import com.mongodb.client.MongoClient;
import com.mongodb.client.MongoClients;
import io.driveline.events.Claim;
import io.driveline.events.Envelope;
import io.driveline.events.Intake;
import io.driveline.events.Ledger;
import io.driveline.events.MalformedEventException;
import io.driveline.events.StripeEvent;
import io.driveline.servers.FreePort;
import io.driveline.servers.mongodb.EmbeddedMongo;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Map;

/** MongoDB and the grpc app's place, which may be away, and what the worker would have written. */
final class Stores implements AutoCloseable {

  static final Instant NOW = Instant.parse("2026-01-02T03:04:05Z");
  static final Duration LEASE = Duration.ofMinutes(1);

  private final Path folder;
  private final int mongodbPort = FreePort.orAny(0);
  private final int grpcPort = FreePort.orAny(0);
  private EmbeddedMongo mongodb;
  private MongoClient client;
  private BillingStub billing;

  /** Nothing runs yet. */
  Stores(Path folder) throws IOException {
    this.folder = Files.createDirectories(folder);
  }

  /**
   * What the app must be told to find them. RabbitMQ is nowhere: without analytics none needs it.
   */
  Map<String, String> settings() {
    return Map.of(
        "driveline.mongodb.uri",
        mongodbUri(),
        "driveline.rabbitmq.uri",
        "amqp://127.0.0.1:1",
        "driveline.grpc.address",
        "127.0.0.1:" + grpcPort);
  }

  private String mongodbUri() {
    return "mongodb://127.0.0.1:" + mongodbPort;
  }

  void startMongodb() {
    mongodb = EmbeddedMongo.start(folder.resolve("mongodb"), mongodbPort);
    client = MongoClients.create(mongodbUri());
  }

  void stopMongodb() {
    if (mongodb != null) {
      client.close();
      mongodb.close();
      mongodb = null;
    }
  }

  void startBilling() throws IOException {
    billing = new BillingStub(grpcPort);
  }

  void stopBilling() {
    if (billing != null) {
      billing.close();
      billing = null;
    }
  }

  BillingStub billing() {
    return billing;
  }

  MongoClient client() {
    return client;
  }

  /** The ledger at some time after {@link #NOW}. */
  Ledger ledger(Duration later) {
    return new Ledger(
        client.getDatabase(Ledger.DATABASE), Clock.fixed(NOW.plus(later), ZoneOffset.UTC));
  }

  /** An event that was received some seconds after {@link #NOW}, and waits. */
  StripeEvent keep(String json, long seconds) {
    StripeEvent event = event(json);
    ledger(Duration.ofSeconds(seconds)).keep(event, intake(seconds));
    return event;
  }

  /** The same, and a worker has taken it up. */
  Claim claim(String json, long seconds) {
    return ledger(Duration.ofSeconds(seconds))
        .claim(event(json), intake(seconds), "worker-1", LEASE)
        .orElseThrow();
  }

  static Intake intake(long seconds) {
    return new Intake("stripe", "stripe#1", NOW.plusSeconds(seconds), false);
  }

  static StripeEvent event(String json) {
    try {
      return Envelope.read(json.getBytes(StandardCharsets.UTF_8));
    } catch (MalformedEventException e) {
      throw new AssertionError(e);
    }
  }

  @Override
  public void close() {
    stopMongodb();
    stopBilling();
  }
}
