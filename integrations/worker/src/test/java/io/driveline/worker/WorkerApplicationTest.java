package io.driveline.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.mongodb.client.MongoClient;
import com.mongodb.client.MongoClients;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import com.rabbitmq.client.GetResponse;
import com.rabbitmq.client.MessageProperties;
import io.driveline.events.EventState;
import io.driveline.events.Ledger;
import io.driveline.events.LedgerEntry;
import io.driveline.events.Mirror;
import io.driveline.servers.mongodb.EmbeddedMongo;
import io.driveline.servers.rabbitmq.EmbeddedBroker;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import org.bson.Document;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;

class WorkerApplicationTest {

  private static EmbeddedMongo mongo;
  private static EmbeddedBroker broker;
  private static MongoClient client;
  private static Connection connection;
  private static Channel channel;
  private static Ledger ledger;
  private static ConfigurableApplicationContext worker;

  @BeforeAll
  static void start() throws Exception {
    mongo = EmbeddedMongo.start(null, 0);
    broker = EmbeddedBroker.start(0);
    client = MongoClients.create(mongo.uri());
    ledger = new Ledger(client.getDatabase(Ledger.DATABASE), Clock.systemUTC());
    ConnectionFactory factory = new ConnectionFactory();
    factory.setUri(broker.uri());
    connection = factory.newConnection();
    channel = connection.createChannel();
    channel.exchangeDeclare("driveline.events", "topic", true);
    channel.exchangeDeclare("driveline.changes", "topic", true);
    channel.exchangeDeclare("driveline.facts", "direct", true);
    channel.exchangeDeclare("driveline.dead", "direct", true);
    bind("worker_queue_v1", "driveline.events", "#");
    bind("analytics_queue_v1", "driveline.facts", "analytics_queue_v1");
    bind("worker_queue_v1.dead", "driveline.dead", "worker_queue_v1.dead");
    bind("changes", "driveline.changes", "#");
    worker =
        new SpringApplicationBuilder(WorkerApplication.class)
            .properties(
                WorkerApplication.CONFIG_NAME,
                "driveline.mongodb.uri=" + mongo.uri(),
                "driveline.rabbitmq.uri=" + broker.uri(),
                "driveline.management.port=0",
                "driveline.grpc.address=127.0.0.1:1")
            .run();
  }

  private static void bind(String queue, String exchange, String key) throws Exception {
    channel.queueDeclare(queue, true, false, false, null);
    channel.queueBind(queue, exchange, key);
  }

  @AfterAll
  static void stop() throws Exception {
    worker.close();
    connection.close();
    client.close();
    broker.close();
    mongo.close();
  }

  private static String customer(String event, String id, long created, String name) {
    return """
        {"id":"%s","type":"customer.updated","created":%d,
         "data":{"object":{"id":"%s","object":"customer","name":"%s"}}}"""
        .formatted(event, created, id, name);
  }

  private static void send(String body) throws Exception {
    channel.basicPublish(
        "driveline.events",
        "customer.updated",
        MessageProperties.PERSISTENT_TEXT_PLAIN,
        body.getBytes(StandardCharsets.UTF_8));
  }

  private static LedgerEntry finished(String event) {
    return await()
        .until(
            () -> ledger.find(event).orElse(null), entry -> entry != null && entry.due() == null);
  }

  private static String mirrored(String id) {
    return client
        .getDatabase(Mirror.DATABASE)
        .getCollection("customer")
        .find(new Document("_id", "platform/test/" + id))
        .first()
        .getString("name");
  }

  @Test
  void appliesAnEventAndAnOlderOneDoesNotUndoIt() throws Exception {
    send(customer("evt_new", "cus_1", 20, "new"));
    assertThat(finished("evt_new").state()).isEqualTo(EventState.APPLIED);
    send(customer("evt_old", "cus_1", 10, "old"));
    LedgerEntry old = finished("evt_old");

    assertThat(old.state()).isEqualTo(EventState.APPLIED);
    assertThat(old.superseded()).isTrue();
    assertThat(mirrored("cus_1")).isEqualTo("new");
    assertThat(old.steps())
        .extracting(step -> step.getString("step"))
        .containsExactly("claim", "mirror", "announce", "refresh", "finish");
  }

  @Test
  void parksWhatIsNoEventAndGoesOn() throws Exception {
    send("not an event");
    await()
        .until(
            () ->
                client
                        .getDatabase(Ledger.DATABASE)
                        .getCollection(Ledger.COLLECTION)
                        .countDocuments(new Document("state", "parked"))
                    == 1);
  }

  @Test
  void whatRabbitmqGaveUpIsAppliedAllTheSameUnlessItIsNoEvent() throws Exception {
    sendDead(customer("evt_dead", "cus_dead", 20, "alive"));
    assertThat(finished("evt_dead").state()).isEqualTo(EventState.APPLIED);
    assertThat(mirrored("cus_dead")).isEqualTo("alive");

    LedgerEntry before = finished("evt_dead");
    sendDead(customer("evt_dead", "cus_dead", 20, "alive"));
    sendDead("no event at all");
    await()
        .until(
            () ->
                client
                        .getDatabase(Ledger.DATABASE)
                        .getCollection(Ledger.COLLECTION)
                        .countDocuments(
                            new Document("reason", "given up by RabbitMQ, and no event"))
                    == 1);
    assertThat(ledger.find("evt_dead")).contains(before);
  }

  private static void sendDead(String body) throws Exception {
    channel.basicPublish(
        "driveline.dead",
        "worker_queue_v1.dead",
        MessageProperties.PERSISTENT_TEXT_PLAIN,
        body.getBytes(StandardCharsets.UTF_8));
  }

  @Test
  void announcesEachEventOnceEachWay() throws Exception {
    send(customer("evt_told", "cus_2", 20, "told"));
    send(customer("evt_told", "cus_2", 20, "told"));
    finished("evt_told");

    await().until(() -> channel.messageCount("worker_queue_v1") == 0);
    assertThat(count("changes", "evt_told")).isEqualTo(1);
    assertThat(count("analytics_queue_v1", "evt_told")).isEqualTo(1);
  }

  private static int count(String queue, String event) throws Exception {
    int found = 0;
    for (GetResponse message = channel.basicGet(queue, true);
        message != null;
        message = channel.basicGet(queue, true)) {
      found += new String(message.getBody(), StandardCharsets.UTF_8).contains(event) ? 1 : 0;
    }
    return found;
  }
}
