package io.driveline.servers.rabbitmq;

import static org.assertj.core.api.Assertions.assertThat;

import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import com.rabbitmq.client.MessageProperties;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EmbeddedBrokerTest {

  private static final byte[] BODY = {1, 2, 3};

  private static EmbeddedBroker broker;

  private Connection connection;
  private Channel channel;

  @BeforeAll
  static void start() {
    broker = EmbeddedBroker.start(0);
  }

  @AfterAll
  static void stop() throws Exception {
    broker.close();
  }

  @BeforeEach
  void connect() throws Exception {
    connection = connect(broker);
    channel = connection.createChannel();
    channel.confirmSelect();
  }

  @AfterEach
  void disconnect() throws Exception {
    connection.close();
  }

  @Test
  void takesRabbitMqsArgumentsAndRoutesByTopic() throws Exception {
    channel.exchangeDeclare("driveline.test", "topic", true);
    channel.queueDeclare("invoices", true, false, false, Map.of("x-queue-type", "quorum"));
    channel.queueBind("invoices", "driveline.test", "invoice.#");

    channel.basicPublish(
        "driveline.test", "invoice.paid", MessageProperties.PERSISTENT_BASIC, BODY);
    channel.basicPublish(
        "driveline.test", "customer.created", MessageProperties.PERSISTENT_BASIC, BODY);
    channel.waitForConfirmsOrDie(5_000);

    assertThat(channel.basicGet("invoices", true).getBody()).isEqualTo(BODY);
    assertThat(channel.basicGet("invoices", true)).isNull();
  }

  @Test
  void returnsAMandatoryMessageThatNobodyTakes() throws Exception {
    BlockingQueue<String> returned = new LinkedBlockingQueue<>();
    channel.addReturnListener(message -> returned.add(message.getRoutingKey()));

    channel.basicPublish("", "no-such-queue", true, MessageProperties.PERSISTENT_BASIC, BODY);

    assertThat(returned.poll(5, TimeUnit.SECONDS)).isEqualTo("no-such-queue");
  }

  @Test
  void withAFolderItKeepsQueuesAndPersistentMessages(@TempDir Path folder) throws Exception {
    try (EmbeddedBroker first = EmbeddedBroker.start(0, folder);
        Connection client = connect(first)) {
      Channel here = client.createChannel();
      here.confirmSelect();
      here.queueDeclare("kept", true, false, false, Map.of("x-queue-type", "quorum"));
      here.basicPublish("", "kept", MessageProperties.PERSISTENT_BASIC, BODY);
      here.waitForConfirmsOrDie(5_000);
    }
    try (EmbeddedBroker second = EmbeddedBroker.start(0, folder);
        Connection client = connect(second)) {
      assertThat(client.createChannel().basicGet("kept", true).getBody()).isEqualTo(BODY);
    }
  }

  private static Connection connect(EmbeddedBroker broker) throws Exception {
    ConnectionFactory factory = new ConnectionFactory();
    factory.setUri(broker.uri());
    return factory.newConnection();
  }
}
