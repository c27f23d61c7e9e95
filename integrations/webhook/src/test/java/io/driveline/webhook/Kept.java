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
import java.util.stream.Stream;

/** Where events are, in the end: in the worker's queue, or in the ledger. */
record Kept(List<String> inQueue, List<String> inLedger) {

  static final Kept NOTHING = new Kept(List.of(), List.of());

  private static final String QUEUE = "worker_queue_v1";
  private static final int EMPTY = 10;

  /** Reads both; the queue is empty then. */
  static Kept read(String rabbitmqUri, String mongodbUri) throws Exception {
    List<String> inQueue = take(rabbitmqUri, Integer.MAX_VALUE);
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

  /** Takes messages out of the queue until it is empty, and no more than so many. */
  static List<String> take(String rabbitmqUri, int most) throws Exception {
    List<String> taken = new ArrayList<>();
    ConnectionFactory factory = new ConnectionFactory();
    factory.setUri(rabbitmqUri);
    try (Connection connection = factory.newConnection();
        Channel channel = connection.createChannel()) {
      // A quorum queue may hand a message out a moment after it has confirmed or counted it.
      int empty = 0;
      while (taken.size() < most && (empty < EMPTY || channel.messageCount(QUEUE) > 0)) {
        GetResponse message = channel.basicGet(QUEUE, true);
        empty = message == null ? empty + 1 : 0;
        if (message != null) {
          taken.add(message.getProps().getMessageId());
        }
      }
    }
    return taken;
  }

  /** With what was read from the queue before; the ledger is read whole each time. */
  Kept after(Kept before) {
    return new Kept(Stream.of(before.inQueue, inQueue).flatMap(List::stream).toList(), inLedger);
  }

  /** Those whose ids begin so. */
  Kept startingWith(String prefix) {
    return new Kept(
        inQueue.stream().filter(id -> id.startsWith(prefix)).toList(),
        inLedger.stream().filter(id -> id.startsWith(prefix)).toList());
  }

  /** Once each, though it may be in both. */
  List<String> all() {
    return Stream.of(inQueue, inLedger).flatMap(List::stream).distinct().sorted().toList();
  }
}
