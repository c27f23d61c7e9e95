package io.driveline.system.faults.broken;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.camel.AsyncCallback;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.apache.camel.spi.InterceptStrategy;
import org.apache.camel.support.processor.DelegateAsyncProcessor;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Lets the grpc app answer late, or with an error, for as long as a file says so. */
@Configuration(proxyBeanMethods = false)
class BadAnswers {

  /** The first step of every call. */
  private static final String STEP = "grpc-by-method";

  /** Longer than the worker waits for a refresh, shorter than the api waits. */
  private static final long LATE_MILLIS = 2_000;

  @Bean
  InterceptStrategy answersBadly() {
    Path how = Path.of(System.getenv("FAULTS_GRPC"));
    return (context, definition, target, next) ->
        STEP.equals(definition.getId()) ? new Badly(target, how) : target;
  }

  private static final class Badly extends DelegateAsyncProcessor {

    private final Path how;

    Badly(Processor target, Path how) {
      super(target);
      this.how = how;
    }

    @Override
    public boolean process(Exchange exchange, AsyncCallback callback) {
      try {
        switch (Files.exists(how) ? Files.readString(how) : "") {
          case "slow" -> Thread.sleep(LATE_MILLIS);
          case "failing" -> throw new IllegalStateException("the fault suite lets this call fail");
          default -> {}
        }
      } catch (IOException | InterruptedException | RuntimeException e) {
        exchange.setException(e);
        callback.done(true);
        return true;
      }
      return super.process(exchange, callback);
    }
  }
}
