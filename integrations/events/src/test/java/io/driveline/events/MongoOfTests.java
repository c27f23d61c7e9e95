package io.driveline.events;

import com.mongodb.client.MongoClient;
import com.mongodb.client.MongoClients;
import com.mongodb.client.MongoDatabase;
import io.driveline.servers.mongodb.EmbeddedMongo;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** A MongoDB for the tests of one class. */
final class MongoOfTests implements BeforeAllCallback, AfterAllCallback {

  private EmbeddedMongo server;
  private MongoClient client;

  @Override
  public void beforeAll(ExtensionContext context) {
    server = EmbeddedMongo.start(null, 0);
    client = MongoClients.create(server.uri());
  }

  @Override
  public void afterAll(ExtensionContext context) {
    client.close();
    server.close();
  }

  MongoDatabase ledger() {
    return client.getDatabase(Ledger.DATABASE);
  }

  MongoDatabase mirror() {
    return client.getDatabase(Mirror.DATABASE);
  }
}
