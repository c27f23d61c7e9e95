package io.driveline.api;

import com.mongodb.client.MongoClient;
import com.mongodb.client.MongoDatabase;
import io.driveline.events.Ledger;
import io.driveline.events.Mirror;
import io.driveline.events.ObjectHistory;
import io.driveline.events.ReplayPreview;
import io.driveline.events.Replays;
import io.driveline.runtime.grpc.CallDeadline;
import io.driveline.runtime.grpc.ReconnectingGrpcComponent;
import io.driveline.runtime.settings.Settings;
import java.time.Clock;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.Environment;

/** What the features of this app share. */
@Configuration(proxyBeanMethods = false)
class ApiBeans {

  /** More would not be read, and each may be as large as an object. */
  private static final int DIFFS_TOLD = 100;

  @Bean
  ApiSettings apiSettings(Environment environment) {
    return ApiSettings.from(new Settings(environment));
  }

  /** Named so that Camel takes it for {@code grpc:}. */
  @Bean("grpc-component")
  ReconnectingGrpcComponent grpcComponent() {
    return new ReconnectingGrpcComponent();
  }

  @Bean
  Clock clock() {
    return Clock.systemUTC();
  }

  @Bean
  Replays ledgerReplays(MongoClient mongo, Clock clock, ApiSettings settings) {
    return new Replays(mongo.getDatabase(Ledger.DATABASE), clock, settings.replayRate());
  }

  @Bean
  ReplayPreview replayPreview(MongoClient mongo, Clock clock) {
    MongoDatabase ledger = mongo.getDatabase(Ledger.DATABASE);
    return new ReplayPreview(
        ledger, mongo.getDatabase(Mirror.DATABASE), new ObjectHistory(ledger), clock, DIFFS_TOLD);
  }

  /** Camel gives every call to the grpc app to it. */
  @Bean
  CallDeadline callDeadline(ApiSettings settings) {
    return new CallDeadline(settings.grpcTimeout());
  }
}
