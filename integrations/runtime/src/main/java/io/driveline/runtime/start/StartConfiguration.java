package io.driveline.runtime.start;

import io.driveline.runtime.settings.GivenSettings;
import org.apache.camel.CamelContext;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.context.ApplicationListener;
import org.springframework.context.annotation.Bean;
import org.springframework.core.env.Environment;

/** Says when an app is up, and where it is to be seen. */
@AutoConfiguration
public class StartConfiguration {

  private static final Logger LOG = LoggerFactory.getLogger("io.driveline.start");

  @Bean
  ApplicationListener<ApplicationReadyEvent> upLine(CamelContext camel, Environment environment) {
    return ready -> {
      if (!isEmbedded(environment)) {
        GivenSettings.unknown(System.getenv().keySet()).forEach(LOG::warn);
      }
      LOG.info(
          "{} is up: {} routes, management http://{}:{}/actuator",
          camel.getName(),
          camel.getRoutesSize(),
          host(environment.getProperty("driveline.address", "")),
          environment.getProperty("local.management.port"));
    };
  }

  /** Whether the app runs in another program, the sandbox, which says itself what is wrong. */
  static boolean isEmbedded(Environment environment) {
    return environment.getProperty("driveline-embedded", Boolean.class, false);
  }

  private static String host(String address) {
    return address.isEmpty() || address.equals("0.0.0.0") ? "127.0.0.1" : address;
  }
}
