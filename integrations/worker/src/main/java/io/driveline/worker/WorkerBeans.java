package io.driveline.worker;

import com.mongodb.client.MongoClient;
import io.driveline.events.Ledger;
import io.driveline.events.ObjectHistory;
import io.driveline.events.Refetch;
import io.driveline.events.Settlement;
import io.driveline.runtime.grpc.CallDeadline;
import io.driveline.runtime.grpc.ReconnectingGrpcComponent;
import io.driveline.runtime.rabbitmq.ConfirmedPublisher;
import io.driveline.runtime.settings.Settings;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.random.RandomGenerator;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.Environment;

/** The beans that the worker's routes name. */
@Configuration(proxyBeanMethods = false)
class WorkerBeans {

  @Bean
  Clock clock() {
    return Clock.systemUTC();
  }

  @Bean
  WorkerSettings workerSettings(Environment environment) {
    return WorkerSettings.from(new Settings(environment));
  }

  @Bean
  Ledger eventLedger(MongoClient mongo, Clock clock) {
    return new Ledger(mongo.getDatabase(Ledger.DATABASE), clock);
  }

  @Bean
  EventReader envelope(Clock clock) {
    return new EventReader(clock);
  }

  /** The owner is this process, not this pod: after a restart it is another. */
  @Bean
  ClaimRepository claims(Ledger ledger, WorkerSettings settings) {
    String host = System.getenv().getOrDefault("HOSTNAME", "worker");
    return new ClaimRepository(ledger, settings, host + "/" + UUID.randomUUID());
  }

  @Bean
  Passport ledger(
      Ledger eventLedger,
      ClaimRepository claims,
      ConfirmedPublisher rabbitmq,
      WorkerSettings settings,
      SweepHealth sweep,
      Clock clock) {
    return new Passport(
        eventLedger, claims, rabbitmq, settings, sweep, RandomGenerator.getDefault(), clock);
  }

  /** Health {@code loop}, which decides whether the worker is ready. */
  @Bean
  SweepHealth loopHealthIndicator(Clock clock) {
    return new SweepHealth(clock);
  }

  /** Named so that Camel takes it for {@code grpc:}. */
  @Bean("grpc-component")
  ReconnectingGrpcComponent grpcComponent() {
    return new ReconnectingGrpcComponent();
  }

  /** Camel gives every call to the grpc app to it. */
  @Bean
  CallDeadline callDeadline(WorkerSettings settings) {
    return new CallDeadline(settings.refreshTimeout());
  }

  @Bean
  CircuitBreaker refreshBreaker(WorkerSettings settings) {
    return RefreshBreaker.create(settings.refreshTimeout());
  }

  /**
   * What is due is taken up by so many; Camel's own pool of virtual threads knows no bound. For the
   * route alone: as a candidate for all, it would keep Spring Boot from making its own executor.
   */
  @Bean(defaultCandidate = false, destroyMethod = "shutdownNow")
  ExecutorService sweepThreads(WorkerSettings settings) {
    return Executors.newFixedThreadPool(
        settings.sweepThreads(), Thread.ofVirtual().name("sweep-", 0).factory());
  }

  /** There is no way to Stripe yet: what the events do not tell stays tied. */
  @Bean
  Refetch refetch() {
    return object -> Optional.empty();
  }

  @Bean
  MirrorWrites mirror(MongoClient mongo, Refetch refetch, MeterRegistry meters, Clock clock) {
    ObjectHistory history = new ObjectHistory(mongo.getDatabase(Ledger.DATABASE));
    return new MirrorWrites(new Settlement(history, refetch, clock), meters, clock);
  }

  @Bean
  Announcements announcements() {
    return new Announcements();
  }

  @Bean
  RefreshRequest refreshRequest() {
    return new RefreshRequest();
  }
}
