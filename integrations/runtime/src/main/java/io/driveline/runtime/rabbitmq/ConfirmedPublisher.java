package io.driveline.runtime.rabbitmq;

import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.springframework.amqp.AmqpConnectException;
import org.springframework.amqp.AmqpTimeoutException;
import org.springframework.amqp.core.Message;
import org.springframework.amqp.core.ReturnedMessage;
import org.springframework.amqp.rabbit.connection.CachingConnectionFactory;
import org.springframework.amqp.rabbit.connection.CorrelationData;
import org.springframework.amqp.rabbit.core.RabbitTemplate;
import org.springframework.context.SmartLifecycle;

/**
 * Publishes over few channels with many confirms in flight. A message counts as published once the
 * broker has confirmed it and has not returned it, and everything else is an exception within a
 * bounded time: also a broker that takes no messages (memory or disk alarm) and one that does not
 * answer.
 *
 * <p>Every message is mandatory (one that no queue takes is not published), but for those to {@link
 * Topology#CHANGES}: there nobody needs to listen.
 */
public final class ConfirmedPublisher implements SmartLifecycle {

  private final CachingConnectionFactory factory;
  private final BrokerConnection connection;
  private final RabbitTemplate mandatory;
  private final RabbitTemplate optional;
  private final Duration timeout;

  /** Neither a caller's thread nor the connection's own may wait for the other end. */
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

  ConfirmedPublisher(
      CachingConnectionFactory factory, Topology topology, RabbitMQSettings settings) {
    this.factory = factory;
    this.connection = new BrokerConnection(factory, topology, settings.reconnectDelay());
    this.timeout = settings.confirmTimeout();
    this.mandatory = new RabbitTemplate(factory);
    this.mandatory.setMandatory(true);
    this.optional = new RabbitTemplate(factory);
  }

  /** Why nothing can be published right now; null if it can. Costs nothing. */
  public String unavailable() {
    return connection.unavailable();
  }

  /**
   * Publishes one message.
   *
   * @param exchange the exchange; "" is the broker's default one
   * @param routingKey the routing key
   * @param message the message
   * @return done once the broker holds the message; otherwise, within the confirm timeout, failed
   *     with an {@link AmqpConnectException} (no connection, or the broker takes nothing), an
   *     {@link AmqpTimeoutException} (no answer: it may hold the message, or not) or a {@link
   *     NotConfirmedException} (it does not hold the message)
   */
  public CompletableFuture<Void> publish(String exchange, String routingKey, Message message) {
    String reason = unavailable();
    if (reason != null) {
      return CompletableFuture.failedFuture(new AmqpConnectException(reason, null));
    }
    CorrelationData correlation = new CorrelationData(UUID.randomUUID().toString());
    RabbitTemplate template = exchange.equals(Topology.CHANGES) ? optional : mandatory;
    CompletableFuture<CorrelationData.Confirm> answer = new CompletableFuture<>();
    correlation
        .getFuture()
        .whenComplete(
            (confirm, failure) -> {
              if (failure == null) {
                answer.complete(confirm);
              } else {
                answer.completeExceptionally(failure);
              }
            });
    threads.execute(
        () -> {
          try {
            template.send(exchange, routingKey, message, correlation);
          } catch (RuntimeException e) {
            answer.completeExceptionally(e);
          }
        });
    return answer
        .orTimeout(timeout.toMillis(), TimeUnit.MILLISECONDS)
        .handleAsync(
            (confirm, failure) -> {
              check(exchange, routingKey, confirm, correlation.getReturned(), failure);
              return null;
            },
            threads);
  }

  private void check(
      String exchange,
      String routingKey,
      CorrelationData.Confirm confirm,
      ReturnedMessage returned,
      Throwable failure) {
    String what = "a message to " + exchange + " with key " + routingKey;
    if (failure instanceof TimeoutException) {
      throw new AmqpTimeoutException(
          "RabbitMQ did not confirm " + what + " within " + timeout.toMillis() + " ms");
    }
    if (failure instanceof RuntimeException e) {
      throw e;
    }
    if (failure != null) {
      throw new CompletionException(failure);
    }
    if (returned != null) {
      connection.declareAgain();
      throw new NotConfirmedException(
          "RabbitMQ has no queue for " + what + ": " + returned.getReplyText());
    }
    if (!confirm.isAck()) {
      if (unavailable() != null) {
        throw new AmqpConnectException("RabbitMQ was lost before it confirmed " + what, null);
      }
      throw new NotConfirmedException("RabbitMQ refused " + what);
    }
  }

  @Override
  public void start() {
    connection.start();
  }

  @Override
  public void stop() {
    connection.stop();
    factory.destroy();
  }

  @Override
  public boolean isRunning() {
    return connection.isRunning();
  }

  /** Before Camel's routes start, and after they have stopped. */
  @Override
  public int getPhase() {
    return 0;
  }
}
