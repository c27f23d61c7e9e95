package io.driveline.runtime.rabbitmq;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.rabbitmq.client.ShutdownSignalException;
import io.driveline.servers.rabbitmq.RabbitMQServer;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import org.apache.camel.CamelContext;
import org.apache.camel.ProducerTemplate;
import org.apache.camel.component.springrabbit.SpringRabbitMQConstants;
import org.apache.camel.impl.DefaultCamelContext;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.amqp.AmqpConnectException;
import org.springframework.amqp.AmqpException;
import org.springframework.amqp.core.Message;
import org.springframework.amqp.core.MessageDeliveryMode;
import org.springframework.amqp.rabbit.connection.CachingConnectionFactory;
import org.springframework.amqp.rabbit.core.RabbitTemplate;

@EnabledIf("io.driveline.servers.rabbitmq.RabbitMQServer#isInstalled")
class ConfirmedPublisherTest {

  /** Long: a busy machine is no outage. */
  private static final Duration CONFIRM_TIMEOUT = Duration.ofSeconds(60);

  @TempDir static Path home;
  private static RabbitMQServer server;

  private final RabbitMQConfiguration configuration = new RabbitMQConfiguration();
  private final Topology topology = new Topology();
  private RabbitMQSettings settings;
  private ConfirmedPublisher publisher;
  private CachingConnectionFactory consumers;
  private RabbitTemplate broker;

  @BeforeAll
  static void startServer() {
    server = new RabbitMQServer(home);
    server.start();
  }

  @AfterAll
  static void stopServer() {
    server.close();
  }

  @BeforeEach
  void connect() {
    connect(CONFIRM_TIMEOUT);
  }

  private void connect(Duration confirmTimeout) {
    settings =
        new RabbitMQSettings(
            server.uri(), confirmTimeout, Duration.ofSeconds(10), Duration.ofMillis(100));
    publisher = configuration.confirmedPublisher(settings, topology, "test");
    consumers = configuration.rabbitMQConnectionFactory(settings, topology, "test");
    broker = new RabbitTemplate(consumers);
    publisher.start();
    await().atMost(CONFIRM_TIMEOUT).until(() -> publisher.unavailable() == null);
    broker.execute(channel -> channel.queuePurge(Topology.WORKER_QUEUE));
  }

  @AfterEach
  void disconnect() {
    publisher.stop();
    consumers.destroy();
  }

  @Test
  void isDoneOnceTheDurableQueueHoldsTheMessage() {
    publish(Topology.EVENTS, "invoice.paid").join();

    Message held = broker.receive(Topology.WORKER_QUEUE, 1000);
    assertThat(held.getBody()).asString().isEqualTo("invoice.paid");
    assertThat(held.getMessageProperties().getReceivedDeliveryMode())
        .isEqualTo(MessageDeliveryMode.PERSISTENT);
  }

  @Test
  void hasManyMessagesInFlightAtOnce() {
    List<CompletableFuture<Void>> sent = new ArrayList<>();
    for (int i = 0; i < 2000; i++) {
      sent.add(publish(Topology.EVENTS, "n" + i));
    }
    sent.forEach(CompletableFuture::join);

    long held = broker.execute(channel -> channel.messageCount(Topology.WORKER_QUEUE));
    assertThat(held).isEqualTo(2000);
  }

  @Test
  void failsWhenNoQueueTakesTheMessage() {
    assertThatThrownBy(() -> publish(Topology.FACTS, "nobody").join())
        .hasCauseInstanceOf(NotConfirmedException.class)
        .hasMessageContaining("no queue");
  }

  @Test
  void isDoneThoughNobodyListensToChangeEvents() {
    publish(Topology.CHANGES, "billing.invoice.paid").join();
  }

  @Test
  void failsWhenTheExchangeIsNotThere() {
    assertThatThrownBy(() -> publish("no.such.exchange", "key").join())
        .hasCauseInstanceOf(AmqpException.class);
  }

  @Test
  void declaresADeletedQueueAgain() {
    broker.execute(channel -> channel.queueDelete(Topology.WORKER_QUEUE));
    assertThatThrownBy(() -> publish(Topology.EVENTS, "invoice.paid").join())
        .hasCauseInstanceOf(NotConfirmedException.class);

    // A quorum queue refuses messages until it has a leader again: those go into the ledger.
    await()
        .atMost(30, TimeUnit.SECONDS)
        .ignoreExceptionsInstanceOf(CompletionException.class)
        .until(() -> publish(Topology.EVENTS, "invoice.paid").thenApply(held -> true).join());
  }

  @Test
  void saysWhatToDoWithAQueueThatHasOtherArguments() {
    broker.execute(channel -> channel.queueDelete(Topology.ANALYTICS_QUEUE));
    broker.execute(
        channel -> channel.queueDeclare(Topology.ANALYTICS_QUEUE, true, false, false, Map.of()));
    Topology other = new Topology();
    CachingConnectionFactory late =
        configuration.rabbitMQConnectionFactory(settings, other, "late");

    late.createConnection();

    assertThat(other.problems())
        .singleElement()
        .asString()
        .contains("queue " + Topology.ANALYTICS_QUEUE + " exists with other arguments")
        .contains("drain and delete it")
        .contains("x-queue-type=quorum");
    late.destroy();
    broker.execute(channel -> channel.queueDelete(Topology.ANALYTICS_QUEUE));
  }

  @Test
  void failsWithinTheTimeoutWhenTheBrokerTakesNothing() {
    disconnect();
    connect(Duration.ofMillis(500));
    server.ctl("set_vm_memory_high_watermark", "absolute", "1");
    try {
      // It takes nothing until the end of this block: who waited for it would wait for ever.
      for (int i = 0; i < 3; i++) {
        assertThatThrownBy(() -> publish(Topology.EVENTS, "invoice.paid").join())
            .hasCauseInstanceOf(AmqpException.class);
      }
      assertThat(publisher.unavailable()).contains("takes no messages");
    } finally {
      server.ctl("set_vm_memory_high_watermark", "0.4");
    }
    await().atMost(CONFIRM_TIMEOUT).until(() -> publisher.unavailable() == null);
    disconnect();
    connect();
    publish(Topology.EVENTS, "invoice.paid").join();
  }

  @Test
  void failsAtOnceWhileTheBrokerIsDownAndComesBackByItself() {
    server.kill();
    await().atMost(CONFIRM_TIMEOUT).until(() -> publisher.unavailable() != null);

    assertThatThrownBy(() -> publish(Topology.EVENTS, "invoice.paid").join())
        .isInstanceOf(CompletionException.class)
        .hasCauseInstanceOf(AmqpConnectException.class);

    server.start();
    await().atMost(30, TimeUnit.SECONDS).until(() -> publisher.unavailable() == null);
    // A quorum queue refuses messages until it has a leader again: those go into the ledger.
    await()
        .atMost(30, TimeUnit.SECONDS)
        .ignoreExceptionsInstanceOf(CompletionException.class)
        .until(() -> publish(Topology.EVENTS, "invoice.paid").thenApply(held -> true).join());
  }

  @Test
  void theLateEndOfAnEarlierConnectionIsNoOutage() {
    CachingConnectionFactory factory = new CachingConnectionFactory(URI.create(server.uri()));
    BrokerConnection connection = new BrokerConnection(factory, topology, Duration.ofMillis(100));
    connection.start();
    try {
      await().atMost(CONFIRM_TIMEOUT).until(() -> connection.unavailable() == null);

      connection.onShutDown(new ShutdownSignalException(true, false, null, null));

      assertThat(connection.unavailable()).isNull();
    } finally {
      connection.stop();
      factory.destroy();
    }
  }

  @Test
  void servesCamelsSchemeWithHeadersAsProperties() {
    CamelContext camel = new DefaultCamelContext();
    try {
      camel
          .getRegistry()
          .bind(
              "spring-rabbitmq-component",
              configuration.springRabbitMQComponent(publisher, consumers));
      camel.start();
      ProducerTemplate template = camel.createProducerTemplate();
      template.sendBodyAndHeaders(
          "spring-rabbitmq:driveline.events?confirm=enabled",
          new byte[] {'{', (byte) 0xff, '}'},
          Map.of(
              SpringRabbitMQConstants.ROUTING_OVERRIDE_KEY,
              "invoice.paid",
              SpringRabbitMQConstants.MESSAGE_ID,
              "evt_1",
              SpringRabbitMQConstants.CONTENT_TYPE,
              "application/json",
              "driveline-received",
              1L));

      Message held = broker.receive(Topology.WORKER_QUEUE, 1000);
      assertThat(held.getBody()).containsExactly('{', 0xff, '}');
      assertThat(held.getMessageProperties().getMessageId()).isEqualTo("evt_1");
      assertThat(held.getMessageProperties().getContentType()).isEqualTo("application/json");
      assertThat(held.getMessageProperties().getReceivedRoutingKey()).isEqualTo("invoice.paid");
      assertThat(held.getMessageProperties().<Long>getHeader("driveline-received")).isEqualTo(1L);
      assertThatThrownBy(
              () ->
                  template.sendBodyAndHeader(
                      "spring-rabbitmq:driveline.facts?confirm=enabled",
                      "{}",
                      SpringRabbitMQConstants.ROUTING_OVERRIDE_KEY,
                      "nobody"))
          .hasCauseInstanceOf(NotConfirmedException.class);
    } finally {
      camel.stop();
    }
  }

  private CompletableFuture<Void> publish(String exchange, String routingKey) {
    return publisher.publish(
        exchange, routingKey, new Message(routingKey.getBytes(StandardCharsets.UTF_8)));
  }
}
