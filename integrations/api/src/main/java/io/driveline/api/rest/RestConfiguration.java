package io.driveline.api.rest;

import org.apache.camel.spi.HeaderFilterStrategy;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** What stands between HTTP and the routes. */
@Configuration(proxyBeanMethods = false)
class RestConfiguration {

  /** Named in driveline-api.yaml as the header filter of platform-http. */
  @Bean
  HeaderFilterStrategy passedHeaders() {
    return new PassedHeaders();
  }
}
