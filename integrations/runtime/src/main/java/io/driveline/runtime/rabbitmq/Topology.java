package io.driveline.runtime.rabbitmq;

import com.rabbitmq.client.AMQP;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.ShutdownSignalException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.amqp.AmqpIOException;
import org.springframework.amqp.core.Queue;
import org.springframework.amqp.core.QueueBuilder;
import org.springframework.amqp.rabbit.connection.Connection;
import org.springframework.amqp.rabbit.connection.ConnectionListener;

/**
 * The exchanges and queues of Driveline, all of them, declared whenever a connection opens. What
 * RabbitMQ refuses is said once, in words that tell what to do, and stays in {@link #problems()};
 * the rest is declared all the same.
 */
public final class Topology implements ConnectionListener {

  /** Topic exchange of Stripe's events; the routing key is the event's type. */
  public static final String EVENTS = "driveline.events";

  /** Direct exchange of the facts for analytics; the routing key is the queue's name. */
  public static final String FACTS = "driveline.facts";

  /** Topic exchange of change events. No queue of Driveline's is bound to it. */
  public static final String CHANGES = "driveline.changes";

  /** Direct exchange of what the broker gives up; the routing key is the dead-letter queue. */
  public static final String DEAD = "driveline.dead";

  /** The queue of the worker. */
  public static final String WORKER_QUEUE = "worker_queue_v1";

  /** The queue of the api app's analytics. */
  public static final String ANALYTICS_QUEUE = "analytics_queue_v1";

  /** What a queue's name is followed by in the name of its dead-letter queue. */
  public static final String DEAD_SUFFIX = ".dead";

  // Prefetched messages count a delivery at every stop of a consumer, untouched or not: the limits
  // are the second line only, and have to stay far above what stops of a consumer add up to.
  private static final int WORKER_DELIVERIES = 100;
  private static final int ANALYTICS_DELIVERIES = 1000;

  private static final Map<String, String> EXCHANGES =
      Map.of(EVENTS, "topic", FACTS, "direct", CHANGES, "topic", DEAD, "direct");

  private static final List<Queue> QUEUES =
      List.of(
          dead(WORKER_QUEUE),
          dead(ANALYTICS_QUEUE),
          alive(WORKER_QUEUE, WORKER_DELIVERIES),
          alive(ANALYTICS_QUEUE, ANALYTICS_DELIVERIES));

  private record Binding(String queue, String exchange, String routingKey) {}

  private static final List<Binding> BINDINGS =
      List.of(
          new Binding(WORKER_QUEUE, EVENTS, "#"),
          new Binding(ANALYTICS_QUEUE, FACTS, ANALYTICS_QUEUE),
          new Binding(WORKER_QUEUE + DEAD_SUFFIX, DEAD, WORKER_QUEUE + DEAD_SUFFIX),
          new Binding(ANALYTICS_QUEUE + DEAD_SUFFIX, DEAD, ANALYTICS_QUEUE + DEAD_SUFFIX));

  private static final Logger LOG = LoggerFactory.getLogger(Topology.class);

  private volatile List<String> problems = List.of();

  private static Queue dead(String name) {
    return QueueBuilder.durable(name + DEAD_SUFFIX).quorum().build();
  }

  /** At-least-once dead-lettering needs reject-publish, or RabbitMQ falls back to at-most-once. */
  private static Queue alive(String name, int deliveries) {
    return QueueBuilder.durable(name)
        .quorum()
        .deliveryLimit(deliveries)
        .deadLetterExchange(DEAD)
        .deadLetterRoutingKey(name + DEAD_SUFFIX)
        .withArgument("x-dead-letter-strategy", "at-least-once")
        .withArgument("x-overflow", "reject-publish")
        .build();
  }

  /** What RabbitMQ refused when the topology was last declared; empty if nothing. */
  public List<String> problems() {
    return problems;
  }

  @Override
  public void onCreate(Connection connection) {
    declare(connection);
  }

  /**
   * Declares everything; what is there already stays as it is.
   *
   * @throws AmqpIOException if the connection fails meanwhile
   */
  synchronized void declare(Connection connection) {
    List<String> refused = new ArrayList<>();
    EXCHANGES.forEach(
        (name, type) ->
            attempt(
                connection,
                refused,
                "exchange " + name,
                "delete it, or give it back its type " + type + " (durable)",
                channel -> channel.exchangeDeclare(name, type, true)));
    for (Queue queue : QUEUES) {
      attempt(
          connection,
          refused,
          "queue " + queue.getName(),
          "drain and delete it, or give it back its arguments " + queue.getArguments(),
          channel ->
              channel.queueDeclare(queue.getName(), true, false, false, queue.getArguments()));
    }
    for (Binding binding : BINDINGS) {
      attempt(
          connection,
          refused,
          "binding of " + binding.queue() + " to " + binding.exchange(),
          "allow it",
          channel -> channel.queueBind(binding.queue(), binding.exchange(), binding.routingKey()));
    }
    refused.stream().filter(problem -> !problems.contains(problem)).forEach(LOG::error);
    problems = List.copyOf(refused);
  }

  private interface Declaration {
    void on(Channel channel) throws IOException;
  }

  /** On a channel of its own, since a refusal closes the channel. */
  private static void attempt(
      Connection connection, List<String> refused, String what, String cure, Declaration step) {
    Channel channel = connection.createChannel(false);
    try {
      step.on(channel);
      channel.close();
    } catch (TimeoutException e) {
      throw new AmqpIOException("RabbitMQ did not answer a declaration", new IOException(e));
    } catch (IOException e) {
      if (e.getCause() instanceof ShutdownSignalException signal
          && signal.getReason() instanceof AMQP.Channel.Close close) {
        refused.add(
            close.getReplyCode() == AMQP.PRECONDITION_FAILED
                ? "RabbitMQ: " + what + " exists with other arguments; " + cure
                : "RabbitMQ refused the " + what + ": " + close.getReplyText());
      } else {
        throw new AmqpIOException(e);
      }
    }
  }
}
