package io.driveline.webhook;

import com.mongodb.MongoException;
import com.mongodb.client.MongoClient;
import io.driveline.runtime.rabbitmq.ConfirmedPublisher;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import java.util.Map;
import org.apache.camel.Exchange;
import org.bson.Document;
import org.springframework.boot.actuate.health.Health;
import org.springframework.boot.actuate.health.HealthIndicator;

/**
 * Whether an event can be kept: down only when neither RabbitMQ nor MongoDB can take one. MongoDB
 * is asked only if RabbitMQ cannot.
 */
final class IntakeHealth implements HealthIndicator {

  private static final int SERVICE_UNAVAILABLE = 503;

  private final ConfirmedPublisher publisher;
  private final CircuitBreaker breaker;
  private final MongoClient mongo;

  IntakeHealth(ConfirmedPublisher publisher, CircuitBreaker breaker, MongoClient mongo) {
    this.publisher = publisher;
    this.breaker = breaker;
    this.mongo = mongo;
  }

  @Override
  public Health health() {
    if (publisher.unavailable() == null && mayTryQueue()) {
      return Health.up().withDetail("keeps", "queue").build();
    }
    try {
      mongo.getDatabase("admin").runCommand(new Document("ping", 1));
      return Health.up().withDetail("keeps", "ledger").build();
    } catch (MongoException e) {
      return Health.down().withDetail("keeps", "nothing").build();
    }
  }

  /**
   * By asking for a permission, not for the breaker's state: an open one stays open until somebody
   * asks, and while this says that nothing can be kept, nobody posts.
   */
  private boolean mayTryQueue() {
    boolean permitted = breaker.tryAcquirePermission();
    if (permitted) {
      breaker.releasePermission();
    }
    return permitted;
  }

  /** The same for everyone: 200 or 503, and no details. */
  public void answer(Exchange exchange) {
    Health health = health();
    if (!health.getStatus().equals(Health.up().build().getStatus())) {
      exchange.getMessage().setHeader(Exchange.HTTP_RESPONSE_CODE, SERVICE_UNAVAILABLE);
    }
    Answers.write(exchange.getMessage(), Map.of("status", health.getStatus().getCode()));
  }
}
