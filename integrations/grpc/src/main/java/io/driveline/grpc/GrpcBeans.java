package io.driveline.grpc;

import io.driveline.grpc.billing.Answers;
import io.driveline.grpc.billing.LedgerQueries;
import io.driveline.grpc.billing.MirrorQueries;
import io.driveline.grpc.billing.Requests;
import io.driveline.grpc.cache.CacheBreaker;
import io.driveline.grpc.cache.ObjectCache;
import io.driveline.grpc.server.ServingGrpcComponent;
import io.driveline.runtime.settings.Settings;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import java.time.Duration;
import org.apache.camel.CamelContext;
import org.apache.camel.spring.boot.CamelContextConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.Environment;
import org.springframework.data.redis.core.StringRedisTemplate;

/** The beans that the routes name. */
@Configuration(proxyBeanMethods = false)
class GrpcBeans {

  private static final Duration REST_OF_A_STOP = Duration.ofSeconds(5);

  @Bean
  GrpcSettings grpcSettings(Environment environment) {
    return GrpcSettings.from(new Settings(environment));
  }

  /** Under this name it stands in for the starter's own. */
  @Bean("grpc-component")
  ServingGrpcComponent grpcComponent(GrpcSettings settings) {
    return new ServingGrpcComponent(settings.drain());
  }

  /** Camel cuts a stop that takes longer than its own limit, and the drain is a part of it. */
  @Bean
  CamelContextConfiguration stopThatLastsForTheDrain(GrpcSettings settings) {
    return new CamelContextConfiguration() {
      @Override
      public void beforeApplicationStart(CamelContext camel) {
        camel.getShutdownStrategy().setTimeout(settings.drain().plus(REST_OF_A_STOP).toSeconds());
      }

      @Override
      public void afterApplicationStart(CamelContext camel) {
        // nothing
      }
    };
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
