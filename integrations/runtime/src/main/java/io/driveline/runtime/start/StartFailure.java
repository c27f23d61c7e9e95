package io.driveline.runtime.start;

import io.driveline.runtime.settings.WrongSettingException;
import java.util.Objects;
import java.util.stream.Stream;
import org.springframework.boot.SpringBootExceptionReporter;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;

/**
 * Tells a user's mistake in one line on the standard error, where the logging may not be set up
 * yet. Whatever else ends a start is left to Spring's own reports. The exception goes on to whoever
 * started the app; a process of its own ends with 1.
 */
@Order(Ordered.HIGHEST_PRECEDENCE)
final class StartFailure implements SpringBootExceptionReporter {

  private final String app;

  /**
   * @param context null if it failed before there was one
   */
  StartFailure(ConfigurableApplicationContext context) {
    this.app =
        context == null
            ? "driveline"
            : context.getEnvironment().getProperty("spring.application.name", "driveline");
  }

  @Override
  public boolean reportException(Throwable failure) {
    return Stream.iterate(failure, Objects::nonNull, Throwable::getCause)
        .filter(WrongSettingException.class::isInstance)
        .findFirst()
        .map(
            mistake -> {
              System.err.println(app + ": " + mistake.getMessage());
              return true;
            })
        .orElse(false);
  }
}
