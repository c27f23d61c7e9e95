package io.driveline.grpc;

import com.mongodb.client.MongoClient;
import com.mongodb.client.MongoClients;
import com.mongodb.client.model.ReplaceOptions;
import io.driveline.events.Envelope;
import io.driveline.events.Intake;
import io.driveline.events.Ledger;
import io.driveline.events.MalformedEventException;
import io.driveline.events.Mirror;
import io.driveline.events.StripeEvent;
import io.driveline.servers.FreePort;
import io.driveline.servers.mongodb.EmbeddedMongo;
import io.driveline.servers.redis.EmbeddedRedis;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import org.bson.Document;

/** MongoDB and Redis on ports of their own, and what the worker would have written there. */
final class Stores implements AutoCloseable {

  private final Path folder;
  private final int mongodbPort = FreePort.orAny(0);
  private final int redisPort = FreePort.orAny(0);
  private EmbeddedMongo mongodb;
  private EmbeddedRedis redis;
  private MongoClient client;

  private Stores(Path folder) {
    this.folder = folder;
  }

  /** Both away. */
  static Stores stopped(Path folder) {
    return new Stores(folder);
  }

  /** Both there. */
  static Stores started(Path folder) throws IOException {
    Stores stores = new Stores(folder);
    stores.startMongodb();
    stores.startRedis();
    return stores;
  }

  String mongodbUri() {
    return "mongodb://127.0.0.1:" + mongodbPort;
  }

  String redisUri() {
    return "redis://127.0.0.1:" + redisPort;
  }

  void startMongodb() {
    mongodb = EmbeddedMongo.start(folder.resolve("mongodb"), mongodbPort);
  }

  void stopMongodb() {
    if (client != null) {
      client.close();
      client = null;
    }
    if (mongodb != null) {
      mongodb.close();
      mongodb = null;
    }
  }

  void startRedis() throws IOException {
    redis = EmbeddedRedis.start(redisPort, folder);
  }

  void stopRedis() throws IOException {
    if (redis != null) {
      redis.close();
      redis = null;
    }
  }

  MongoClient client() {
    if (client == null) {
      client = MongoClients.create(mongodbUri());
    }
    return client;
  }

  /** Brings the mirror to an event's state. */
  void mirror(StripeEvent event) {
    Document document = Mirror.document(event, Instant.parse("2026-01-02T03:04:05Z"));
    client()
        .getDatabase(Mirror.DATABASE)
        .getCollection(event.object().type())
        .replaceOne(
            new Document("_id", document.get("_id")), document, new ReplaceOptions().upsert(true));
  }

  void keep(StripeEvent event) {
    new Ledger(client().getDatabase(Ledger.DATABASE), Clock.systemUTC())
        .keep(event, new Intake("stripe", "stripe", Instant.now(), false));
  }

  /** An event about a customer of the platform, in live mode, with a name to tell states apart. */
  static StripeEvent customer(String event, String id, long created, String name) {
    return event(
        event,
        created,
        null,
        true,
        "{\"object\":\"customer\",\"id\":\"%s\",\"name\":\"%s\"}".formatted(id, name));
  }

  static StripeEvent event(
      String id, long created, String account, boolean livemode, String object) {
    String json =
        """
        {"object":"event","id":"%s","type":"customer.updated","created":%d,"livemode":%s,
         "api_version":"2025-09-30.clover"%s,"data":{"object":%s}}"""
            .formatted(
                id,
                created,
                livemode,
                account == null ? "" : ",\"account\":\"" + account + "\"",
                object);
    try {
      return Envelope.read(json.getBytes(StandardCharsets.UTF_8));
    } catch (MalformedEventException e) {
      throw new AssertionError(e);
    }
  }

  @Override
  public void close() throws IOException {
    stopMongodb();
    stopRedis();
  }
}
