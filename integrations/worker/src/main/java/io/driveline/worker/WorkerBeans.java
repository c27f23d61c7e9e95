package io.driveline.worker;

import com.mongodb.client.MongoClient;
import io.driveline.events.Ledger;
import java.time.Clock;
import java.util.UUID;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** The beans that the worker's routes name. */
@Configuration(proxyBeanMethods = false)
class WorkerBeans {

  @Bean
  Clock clock() {
    return Clock.systemUTC();
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
  Passport ledger(Ledger eventLedger, WorkerSettings settings, Clock clock) {
    return new Passport(eventLedger, settings, clock);
  }

  @Bean
  MirrorWrites mirror(Clock clock) {
    return new MirrorWrites(clock);
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
