package io.driveline.grpc;

import com.mongodb.ConnectionString;
import com.mongodb.MongoClientSettings;
import com.mongodb.client.MongoClient;
import com.mongodb.client.MongoClients;
import io.driveline.grpc.billing.Answers;
import io.driveline.grpc.billing.LedgerQueries;
import io.driveline.grpc.billing.MirrorQueries;
import io.driveline.grpc.billing.Requests;
import io.driveline.grpc.cache.CacheBreaker;
import io.driveline.grpc.cache.ObjectCache;
import io.driveline.grpc.server.ServingGrpcComponent;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import java.util.concurrent.TimeUnit;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.Environment;
import org.springframework.data.redis.core.StringRedisTemplate;

/** The beans that the routes name. */
@Configuration(proxyBeanMethods = false)
class GrpcBeans {

  @Bean
  GrpcSettings grpcSettings(Environment environment) {
    return GrpcSettings.from(environment);
  }

  /** Under this name it stands in for the starter's own. */
  @Bean("grpc-component")
  ServingGrpcComponent grpcComponent(GrpcSettings settings) {
    return new ServingGrpcComponent(settings.drain());
  }

  /** Without a time-out of its own the driver looks for a server for 30 s. */
  @Bean(destroyMethod = "close")
  MongoClient mongoClient(GrpcSettings settings) {
    return MongoClients.create(
        MongoClientSettings.builder()
            .applyConnectionString(new ConnectionString(settings.mongodbUri()))
            .applicationName("driveline-grpc")
            .timeout(settings.mongodbTimeout().toMillis(), TimeUnit.MILLISECONDS)
            .build());
  }

  @Bean
  MongoHealth mongoHealthIndicator(MongoClient mongoClient) {
    return new MongoHealth(mongoClient);
  }

  @Bean
  CircuitBreaker cacheBreaker() {
    return CacheBreaker.create();
  }

  @Bean
  ObjectCache objectCache(StringRedisTemplate redis, GrpcSettings settings) {
    return new ObjectCache(redis, settings.cacheTtl());
  }

  @Bean
  Requests requests(GrpcSettings settings) {
    return new Requests(settings.livemode());
  }

  @Bean
  MirrorQueries mirrorQueries() {
    return new MirrorQueries();
  }

  @Bean
  LedgerQueries ledgerQueries() {
    return new LedgerQueries();
  }

  @Bean
  Answers answers() {
    return new Answers();
  }
}
