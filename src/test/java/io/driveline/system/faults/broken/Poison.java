package io.driveline.system.faults.broken;

import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.camel.NamedNode;
import org.apache.camel.spi.InterceptStrategy;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Ends the worker's process, as a crash does, when it has claimed an event of a certain name. */
@Configuration(proxyBeanMethods = false)
class Poison {

  private static final int STATUS = 86;

  /** The first step behind the claim and the check of the claims. */
  private static final String STEP = "to-mirror";

  @Bean
  InterceptStrategy endsItsWorker() {
    Path switchedOn = Path.of(System.getenv("FAULTS_POISON"));
    return (context, definition, target, next) ->
        isTheStep(definition)
            ? exchange -> {
              String event = exchange.getMessage().getHeader("DrivelineEventId", String.class);
              if (event != null && event.endsWith("_poison") && Files.exists(switchedOn)) {
                Runtime.getRuntime().halt(STATUS);
              }
              target.process(exchange);
            }
            : target;
  }

  private static boolean isTheStep(NamedNode definition) {
    return STEP.equals(definition.getId());
  }
}
