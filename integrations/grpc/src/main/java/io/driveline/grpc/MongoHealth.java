package io.driveline.grpc;

import com.mongodb.client.MongoClient;
import org.bson.Document;
import org.springframework.boot.actuate.health.AbstractHealthIndicator;
import org.springframework.boot.actuate.health.Health;

/** Whether MongoDB answers; a detail, not a reason to be restarted. */
final class MongoHealth extends AbstractHealthIndicator {

  private final MongoClient client;

  MongoHealth(MongoClient client) {
    super("MongoDB is away");
    this.client = client;
  }

  @Override
  protected void doHealthCheck(Health.Builder builder) {
    client.getDatabase("admin").runCommand(new Document("ping", 1));
    builder.up();
  }
}
