package io.driveline.runtime.mongodb;

import com.mongodb.ConnectionString;
import com.mongodb.MongoClientSettings;
import com.mongodb.MongoException;
import com.mongodb.WriteConcern;
import com.mongodb.client.MongoClient;
import com.mongodb.client.MongoClients;
import io.driveline.runtime.settings.Settings;
import io.driveline.runtime.settings.WrongSettingException;
import java.util.concurrent.TimeUnit;
import org.bson.Document;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.actuate.health.Health;
import org.springframework.boot.actuate.health.HealthIndicator;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.mongo.MongoAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.core.env.Environment;

/** MongoDB for every app. It need not be there when an app starts. */
@AutoConfiguration(before = MongoAutoConfiguration.class)
public class MongoConfiguration {

  private static final long PING_MILLIS = 1_000;

  @Bean
  MongoWatch mongoWatch() {
    return new MongoWatch();
  }

  /** Without a time-out of its own the driver looks for a server for 30 s. */
  @Bean(destroyMethod = "close")
  MongoClient mongoClient(
      Environment environment, MongoWatch watch, @Value("${driveline.app:driveline}") String app) {
    MongoSettings settings = MongoSettings.from(new Settings(environment));
    ConnectionString address;
    try {
      address = new ConnectionString(settings.uri());
    } catch (IllegalArgumentException e) {
      throw new WrongSettingException(
          "DRIVELINE_MONGODB_URI must be of the form mongodb://user:password@host:27017");
    }
    refuseWeakWrites(address);
    return MongoClients.create(
        MongoClientSettings.builder()
            .applicationName("driveline-" + app)
            .timeout(settings.timeout().toMillis(), TimeUnit.MILLISECONDS)
            .applyConnectionString(address)
            .writeConcern(WriteConcern.MAJORITY.withJournal(true))
            .applyToClusterSettings(cluster -> cluster.addClusterListener(watch))
            .build());
  }

  /** What is answered with 200, or applied, must survive the loss of a server. */
  private static void refuseWeakWrites(ConnectionString address) {
    WriteConcern asked = address.getWriteConcern();
    if (asked != null
        && (!"majority".equals(asked.getWObject()) || Boolean.FALSE.equals(asked.getJournal()))) {
      throw new WrongSettingException(
          "DRIVELINE_MONGODB_URI must not ask for weaker writes than w=majority and journal=true;"
              + " leave w and journal out of it");
    }
  }

  /** Health {@code mongo}: a detail, not a reason to be restarted. */
  @Bean
  HealthIndicator mongoHealthIndicator(MongoClient mongoClient) {
    return () -> {
      try {
        mongoClient
            .withTimeout(PING_MILLIS, TimeUnit.MILLISECONDS)
            .getDatabase("admin")
            .runCommand(new Document("ping", 1));
        return Health.up().build();
      } catch (MongoException e) {
        return Health.down().withDetail("unavailable", "MongoDB does not answer").build();
      }
    };
  }
}
