package io.driveline.system.faults;

import io.driveline.servers.KilledServer;
import io.driveline.servers.rabbitmq.RabbitMQServer;
import io.driveline.servers.redis.RedisServer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The stores of one run: the suite's own, which faults may befall, or given ones, left alone. */
final class Stores implements AutoCloseable {

  private final MongoServer ownMongo;
  private final RabbitMQServer ownRabbit;
  private final RedisServer ownRedis;
  private final Options options;

  private Stores(
      Options options, MongoServer ownMongo, RabbitMQServer ownRabbit, RedisServer ownRedis) {
    this.options = options;
    this.ownMongo = ownMongo;
    this.ownRabbit = ownRabbit;
    this.ownRedis = ownRedis;
  }

  /** Starts those that are not given. */
  static Stores start(Options options, Path folder) throws Exception {
    Stores stores =
        new Stores(
            options,
            options.mongodb() == null ? new MongoServer(folder) : null,
            options.rabbitmq() == null
                ? new RabbitMQServer(Files.createDirectories(folder.resolve("rabbitmq")))
                : null,
            options.redis() == null ? new RedisServer(folder) : null);
    try {
      for (Victim own : stores.own()) {
        own.start();
      }
      return stores;
    } catch (Exception e) {
      stores.close();
      throw e;
    }
  }

  String mongodb() {
    return ownMongo == null ? options.mongodb() : ownMongo.uri();
  }

  String rabbitmq() {
    return ownRabbit == null ? options.rabbitmq() : ownRabbit.uri();
  }

  String redis() {
    return ownRedis == null ? options.redis() : ownRedis.uri();
  }

  /** What is not the suite's own and is left alone, such as {@code mongodb}. */
  List<String> given() {
    List<String> given = new ArrayList<>();
    if (ownMongo == null) {
      given.add("mongodb");
    }
    if (ownRabbit == null) {
      given.add("rabbitmq");
    }
    if (ownRedis == null) {
      given.add("redis");
    }
    return given;
  }

  /** The suite's own. */
  List<Victim> own() {
    List<Victim> own = new ArrayList<>();
    if (ownMongo != null) {
      own.add(ownMongo);
    }
    if (ownRabbit != null) {
      own.add(new Own("rabbitmq", ownRabbit));
    }
    if (ownRedis != null) {
      own.add(new Own("redis", ownRedis));
    }
    return own;
  }

  /** The RabbitMQ for faults that only it knows; null if one is given. */
  RabbitMQServer broker() {
    return ownRabbit;
  }

  @Override
  public void close() {
    // Suspended ones have to go on, to be killed with their children.
    if (ownMongo != null) {
      ownMongo.close();
    }
    if (ownRabbit != null) {
      ownRabbit.close();
    }
    if (ownRedis != null) {
      ownRedis.close();
    }
  }

  private record Own(String name, KilledServer server) implements Victim {

    @Override
    public void kill() {
      server.kill();
    }

    @Override
    public void start() {
      server.start();
    }

    @Override
    public void suspend() {
      server.suspend();
    }

    @Override
    public void resume() {
      server.resume();
    }
  }
}
