package io.driveline.webhook;

import com.mongodb.client.MongoClient;
import com.mongodb.client.MongoClients;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import com.rabbitmq.client.GetResponse;
import io.driveline.events.Ledger;
import java.util.ArrayList;
import java.util.List;

/** Where events are, in the end: in the worker's queue, or in the ledger. */
record Kept(List<String> inQueue, List<String> inLedger) {

  private static final String QUEUE = "worker_queue_v1";

  /** Reads both; the queue is empty then. */
  static Kept read(String rabbitmqUri, String mongodbUri) throws Exception {
    List<String> inQueue = new ArrayList<>();
    ConnectionFactory factory = new ConnectionFactory();
    factory.setUri(rabbitmqUri);
    try (Connection connection = factory.newConnection();
        Channel channel = connection.createChannel()) {
      long empty = 0;
      // A quorum queue counts a message before it hands it out.
      while (empty < 3 || channel.messageCount(QUEUE) > 0) {
        GetResponse message = channel.basicGet(QUEUE, true);
        empty = message == null ? empty + 1 : 0;
        if (message != null) {
          inQueue.add(message.getProps().getMessageId());
        }
      }
    }
    List<String> inLedger = new ArrayList<>();
    try (MongoClient client = MongoClients.create(mongodbUri)) {
      client
          .getDatabase(Ledger.DATABASE)
          .getCollection(Ledger.COLLECTION)
          .find()
          .forEach(entry -> inLedger.add(entry.getString("_id")));
    }
    return new Kept(inQueue, inLedger);
  }

  /** Once each, though it may be in both. */
  List<String> all() {
    return java.util.stream.Stream.of(inQueue, inLedger)
        .flatMap(List::stream)
        .distinct()
        .sorted()
        .toList();
  }
}
