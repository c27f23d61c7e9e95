package io.driveline.api.rest;

import io.driveline.runtime.http.DrainingHttp;
import org.apache.camel.spi.HeaderFilterStrategy;
import org.apache.catalina.core.StandardHost;
import org.springframework.boot.web.embedded.tomcat.TomcatServletWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
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

  @Bean
  WebServerFactoryCustomizer<TomcatServletWebServerFactory> server() {
    return factory -> {
      factory.setProtocol(DrainingHttp.class.getName());
      factory.addContextCustomizers(
          context ->
              ((StandardHost) context.getParent())
                  .setErrorReportValveClass(ProblemValve.class.getName()));
    };
  }
}
