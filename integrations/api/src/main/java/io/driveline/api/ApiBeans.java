package io.driveline.api;

import io.driveline.runtime.grpc.CallDeadline;
import io.driveline.runtime.grpc.ReconnectingGrpcComponent;
import io.driveline.runtime.settings.Settings;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.Environment;

/** What the features of this app share. */
@Configuration(proxyBeanMethods = false)
class ApiBeans {

  @Bean
  ApiSettings apiSettings(Environment environment) {
    return ApiSettings.from(new Settings(environment));
  }

  /** Named so that Camel takes it for {@code grpc:}. */
  @Bean("grpc-component")
  ReconnectingGrpcComponent grpcComponent() {
    return new ReconnectingGrpcComponent();
  }

  /** Camel gives every call to the grpc app to it. */
  @Bean
  CallDeadline callDeadline(ApiSettings settings) {
    return new CallDeadline(settings.grpcTimeout());
  }
}
