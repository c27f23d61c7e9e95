package io.driveline.runtime.start;

import io.driveline.runtime.settings.WrongSettingException;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.camel.FailedToCreateRouteException;
import org.apache.camel.FailedToStartRouteException;
import org.springframework.boot.SpringBootExceptionReporter;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;

/**
 * Tells a user's mistake in one line on the standard error, where the logging may not be set up
 * yet. Whatever else ends a start is left to Spring's own reports. The exception goes on to whoever
 * started the app: a process of its own ends with 1; the sandbox tells the line itself.
 */
@Order(Ordered.HIGHEST_PRECEDENCE)
final class StartFailure implements SpringBootExceptionReporter {

  private final String app;
  private final boolean embedded;

  /**
   * @param context null if it failed before there was one
   */
  StartFailure(ConfigurableApplicationContext context) {
    this.app =
        context == null
            ? "driveline"
            : context.getEnvironment().getProperty("spring.application.name", "driveline");
    this.embedded = context != null && StartConfiguration.isEmbedded(context.getEnvironment());
  }

  @Override
  public boolean reportException(Throwable failure) {
    List<Throwable> causes =
        Stream.iterate(failure, Objects::nonNull, Throwable::getCause).toList();
    Optional<String> told =
        causes.stream()
            .filter(WrongSettingException.class::isInstance)
            .findFirst()
            .map(Throwable::getMessage)
            .or(() -> route(causes));
    if (!embedded) {
      told.ifPresent(line -> System.err.println(app + ": " + line));
    }
    return told.isPresent();
  }

  /** A route that does not start: most often its placeholder has been given a wrong value. */
  private static Optional<String> route(List<Throwable> causes) {
    return causes.stream()
        .map(
            cause ->
                switch (cause) {
                  case FailedToCreateRouteException failed -> failed.getRouteId();
                  case FailedToStartRouteException failed -> failed.getRouteId();
                  default -> null;
                })
        .filter(Objects::nonNull)
        .findFirst()
        .map(
            id -> {
              String reason = String.valueOf(causes.getLast().getMessage());
              return "route " + id + " does not start: " + reason.lines().findFirst().orElse("");
            });
  }
}
