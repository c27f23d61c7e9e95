package io.driveline.api.analytics;

import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import com.rabbitmq.client.GetResponse;
import com.rabbitmq.client.MessageProperties;
import io.driveline.events.Envelope;
import io.driveline.events.Fact;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/** What the worker does with a fact, and what one sees of the queues. */
final class FactQueue implements AutoCloseable {

  static final String QUEUE = "analytics_queue_v1";
  static final String DEAD = "analytics_queue_v1.dead";

  private static final long CONFIRM_MILLIS = 10_000;

  private final Connection connection;
  private final Channel channel;

  FactQueue(String uri) throws Exception {
    ConnectionFactory factory = new ConnectionFactory();
    factory.setUri(uri);
    connection = factory.newConnection();
    channel = connection.createChannel();
    channel.confirmSelect();
  }

  /** A fact drawn from an event, as Stripe would post it. */
  static String fact(String eventId, String type, String object) throws Exception {
    return fact(eventId, type, object, "");
  }

  /** With more members of the event, such as its account. */
  static String fact(String eventId, String type, String object, String members) throws Exception {
    String event =
        """
        {"id":"%s","object":"event","type":"%s","created":1767600000,"livemode":false,%s
         "api_version":"2025-09-30.clover","data":{"object":%s}}"""
            .formatted(eventId, type, members, object);
    return Fact.of(Envelope.read(event.getBytes(StandardCharsets.UTF_8))).toJson();
  }

  static String customer(String eventId) throws Exception {
    return fact(eventId, "customer.created", "{\"id\":\"cus_1\",\"object\":\"customer\"}");
  }

  /** Returns once the broker holds them all. */
  void publish(String... messages) throws Exception {
    for (String message : messages) {
      channel.basicPublish(
          "driveline.facts",
          QUEUE,
          true,
          MessageProperties.PERSISTENT_TEXT_PLAIN,
          message.getBytes(StandardCharsets.UTF_8));
    }
    channel.waitForConfirmsOrDie(CONFIRM_MILLIS);
  }

  /** How many wait; those that a consumer holds are not among them. */
  int waiting() throws Exception {
    return channel.queueDeclarePassive(QUEUE).getMessageCount();
  }

  /** Takes one from the dead letters; null if there is none. */
  GetResponse dead() throws Exception {
    return channel.basicGet(DEAD, true);
  }

  void purge() throws Exception {
    channel.queuePurge(QUEUE);
    channel.queuePurge(DEAD);
  }

  @Override
  public void close() throws IOException {
    connection.close();
  }
}
