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
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.Environment;
import org.springframework.data.redis.core.StringRedisTemplate;

/** The beans that the routes name. */
@Configuration(proxyBeanMethods = false)
class GrpcBeans {

  @Bean
  GrpcSettings grpcSettings(Environment environment) {
    return GrpcSettings.from(new Settings(environment));
  }

  /** Under this name it stands in for the starter's own. */
  @Bean("grpc-component")
  ServingGrpcComponent grpcComponent(GrpcSettings settings) {
    return new ServingGrpcComponent(settings.drain());
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
