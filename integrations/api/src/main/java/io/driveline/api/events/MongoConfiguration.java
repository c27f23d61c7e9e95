package io.driveline.api.events;

import com.mongodb.ConnectionString;
import com.mongodb.MongoClientSettings;
import com.mongodb.client.MongoClient;
import com.mongodb.client.MongoClients;
import io.driveline.api.ApiSettings;
import java.util.concurrent.TimeUnit;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** The connection to MongoDB, which need not be there when the app starts. */
@Configuration(proxyBeanMethods = false)
class MongoConfiguration {

  /** Somebody waits for the answer: 503 after these seconds is better than a hanging request. */
  private static final int WAIT_SECONDS = 3;

  private static final int READ_SECONDS = 15;

  @Bean
  MongoClient mongo(ApiSettings settings) {
    return MongoClients.create(
        MongoClientSettings.builder()
            .applicationName("driveline-api")
            .applyToClusterSettings(
                cluster -> cluster.serverSelectionTimeout(WAIT_SECONDS, TimeUnit.SECONDS))
            .applyToConnectionPoolSettings(pool -> pool.maxWaitTime(WAIT_SECONDS, TimeUnit.SECONDS))
            .applyToSocketSettings(
                socket ->
                    socket
                        .connectTimeout(WAIT_SECONDS, TimeUnit.SECONDS)
                        .readTimeout(READ_SECONDS, TimeUnit.SECONDS))
            .applyConnectionString(new ConnectionString(settings.mongodbUri()))
            .build());
  }
}
