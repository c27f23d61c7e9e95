package io.driveline.sandbox;

import io.driveline.servers.clickhouse.EmbeddedClickHouse;
import io.driveline.servers.clickhouse.UnavailableException;
import io.driveline.servers.mongodb.EmbeddedMongo;
import io.driveline.servers.rabbitmq.EmbeddedBroker;
import io.driveline.servers.redis.EmbeddedRedis;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Collections;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.Map;

/** The stores of a sandbox: embedded ones, but where an address of another was given. */
final class Stores implements AutoCloseable {

  private final Deque<AutoCloseable> started = new ArrayDeque<>();
  private final Map<String, String> embedded = new LinkedHashMap<>();
  private final Progress progress;
  private String mongodbUri;
  private String rabbitmqUri;
  private String redisUri;
  private String clickhouseUrl;

  private Stores(Progress progress) {
    this.progress = progress;
  }

  /**
   * Starts what is not given.
   *
   * @throws StartException if one does not start
   */
  static Stores start(UpOptions options, Progress progress) throws StartException {
    checkData(options);
    Stores stores = new Stores(progress);
    try {
      stores.startMongodb(options);
      stores.startRabbitmq(options);
      stores.startRedis(options);
      stores.startClickhouse(options);
      return stores;
    } catch (IOException | RuntimeException e) {
      stores.close();
      throw new StartException("a store does not start: " + e.getMessage());
    }
  }

  private static void checkData(UpOptions options) throws StartException {
    if (options.data() == null) {
      return;
    }
    try {
      Files.delete(Files.createTempFile(Files.createDirectories(options.data()), "driveline", ""));
    } catch (IOException e) {
      throw new StartException(
          "--data "
              + options.data()
              + " cannot be made, or not be written to; give a folder of your own");
    }
  }

  /** Where the embedded stores are, by name; without those that were given. */
  Map<String, String> embedded() {
    return Collections.unmodifiableMap(embedded);
  }

  String mongodbUri() {
    return mongodbUri;
  }

  String rabbitmqUri() {
    return rabbitmqUri;
  }

  String redisUri() {
    return redisUri;
  }

  /** Null: this sandbox has no analytics. */
  String clickhouseUrl() {
    return clickhouseUrl;
  }

  private void startMongodb(UpOptions options) throws IOException {
    if (options.mongodbUri() != null) {
      mongodbUri = given("MongoDB", options.mongodbUri());
      return;
    }
    progress.begin("MongoDB (embedded)");
    Path folder = folder(options, "mongodb");
    EmbeddedMongo mongo =
        EmbeddedMongo.start(folder == null ? null : folder.resolve("driveline.mv.db"), 0);
    started.push(mongo);
    mongodbUri = mongo.uri();
    embedded.put("MongoDB", mongodbUri);
    progress.done();
  }

  private void startRabbitmq(UpOptions options) throws IOException {
    if (options.rabbitmqUri() != null) {
      rabbitmqUri = given("RabbitMQ", options.rabbitmqUri());
      return;
    }
    progress.begin("AMQP broker (embedded)");
    EmbeddedBroker broker = EmbeddedBroker.start(0, folder(options, "rabbitmq"));
    started.push(broker);
    rabbitmqUri = broker.uri();
    embedded.put("AMQP", rabbitmqUri);
    progress.done();
  }

  private void startRedis(UpOptions options) throws IOException {
    if (options.redisUri() != null) {
      redisUri = given("Redis", options.redisUri());
      return;
    }
    progress.begin("Redis (embedded)");
    EmbeddedRedis redis = EmbeddedRedis.start(0, folder(options, "redis"));
    started.push(redis);
    redisUri = redis.uri();
    embedded.put("Redis", redisUri);
    progress.done();
  }

  private void startClickhouse(UpOptions options) throws IOException {
    if (options.clickhouseUrl() != null) {
      clickhouseUrl = given("ClickHouse", options.clickhouseUrl());
      return;
    }
    progress.begin(
        EmbeddedClickHouse.isFetched()
            ? "ClickHouse (embedded)"
            : "ClickHouse (embedded; npm fetches 180 MB, once)");
    try {
      EmbeddedClickHouse clickhouse = EmbeddedClickHouse.start(0, folder(options, "clickhouse"));
      started.push(clickhouse);
      clickhouseUrl = clickhouse.url();
      embedded.put("ClickHouse", clickhouseUrl);
      progress.done();
    } catch (UnavailableException e) {
      progress.failed("no analytics: " + e.getMessage());
    }
  }

  /** Tells that another is used; its address may hold a password and is not shown. */
  private String given(String name, String uri) {
    progress.begin(name + " (as given)");
    progress.done();
    return uri;
  }

  private static Path folder(UpOptions options, String name) throws IOException {
    return options.data() == null ? null : Files.createDirectories(options.data().resolve(name));
  }

  @Override
  public void close() {
    while (!started.isEmpty()) {
      try {
        started.pop().close();
      } catch (Exception e) {
        System.err.println("driveline: a store did not stop: " + e.getMessage());
      }
    }
  }
}
