package io.driveline.webhook;

import com.mongodb.client.MongoClient;
import io.driveline.events.Ledger;
import io.driveline.runtime.rabbitmq.ConfirmedPublisher;
import io.driveline.runtime.settings.Settings;
import io.driveline.webhook.body.BodyFilter;
import io.driveline.webhook.body.BodyLimits;
import io.driveline.webhook.body.MemoryBudget;
import io.driveline.webhook.body.ReceivedBody;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.micrometer.core.instrument.MeterRegistry;
import jakarta.servlet.DispatcherType;
import java.time.Clock;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.Ordered;
import org.springframework.core.env.Environment;

/** The beans that the webhook's routes name, and what stands before the routes. */
@Configuration(proxyBeanMethods = false)
class WebhookBeans {

  @Bean
  Clock clock() {
    return Clock.systemUTC();
  }

  @Bean
  WebhookSettings webhookSettings(Environment environment) {
    return WebhookSettings.from(new Settings(environment));
  }

  @Bean
  Ledger eventLedger(MongoClient mongo, Clock clock) {
    return new Ledger(mongo.getDatabase(Ledger.DATABASE), clock);
  }

  @Bean
  MemoryBudget memoryBudget(WebhookSettings settings) {
    return new MemoryBudget(settings.memory().toBytes());
  }

  /**
   * Before every other filter: those of Spring are most of what a post costs, and a flood is
   * refused here. They see the post when its body is here.
   */
  @Bean
  FilterRegistrationBean<BodyFilter> bodyFilter(
      WebhookSettings settings, MemoryBudget budget, Endpoints endpoints, Posts posts) {
    FilterRegistrationBean<BodyFilter> registration =
        new FilterRegistrationBean<>(
            new BodyFilter(
                new BodyLimits(
                    Math.toIntExact(settings.maxBody().toBytes()), settings.bodyTimeout()),
                budget,
                path -> endpoints.at(path).isPresent(),
                path -> posts.noRoom(endpoints.at(path).orElse(null)),
                settings.retryAfter()));
    registration.addUrlPatterns(Endpoints.PATH, Endpoints.PATH + "/*");
    registration.setDispatcherTypes(DispatcherType.REQUEST);
    registration.setOrder(Ordered.HIGHEST_PRECEDENCE);
    return registration;
  }

  @Bean
  PassedHeaders passedHeaders() {
    return new PassedHeaders();
  }

  @Bean
  Endpoints endpoints(WebhookSettings settings) {
    return new Endpoints(settings.endpoints());
  }

  @Bean
  ReceivedBody receivedBody() {
    return new ReceivedBody();
  }

  @Bean
  SignatureCheck signatures(WebhookSettings settings, Clock clock) {
    return new SignatureCheck(settings.tolerance(), clock);
  }

  @Bean
  EventReader envelope() {
    return new EventReader();
  }

  @Bean
  HandOver handOver(Ledger eventLedger) {
    return new HandOver(eventLedger);
  }

  @Bean
  CircuitBreaker queueBreaker() {
    return QueueBreaker.create();
  }

  @Bean
  Answers answers() {
    return new Answers();
  }

  @Bean
  Posts posts(MeterRegistry meters) {
    return new Posts(meters);
  }

  /** Health {@code intake}, which decides whether the webhook is ready. */
  @Bean
  IntakeHealth intakeHealthIndicator(
      ConfirmedPublisher publisher, CircuitBreaker queueBreaker, MongoClient mongo) {
    return new IntakeHealth(publisher, queueBreaker, mongo);
  }
}
