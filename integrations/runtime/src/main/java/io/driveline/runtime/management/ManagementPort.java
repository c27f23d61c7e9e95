package io.driveline.runtime.management;

import jakarta.servlet.http.HttpServletRequest;
import org.springframework.core.env.Environment;
import org.springframework.security.web.util.matcher.RequestMatcher;

/**
 * Matches what came in on the management port. Both ports of an app share one filter, and a path
 * would not tell them apart: a login page stands on the management port alone.
 */
final class ManagementPort implements RequestMatcher {

  private final Environment environment;

  ManagementPort(Environment environment) {
    this.environment = environment;
  }

  /**
   * In doubt, while the servers are starting, it is the management port: the one that is closed.
   */
  @Override
  public boolean matches(HttpServletRequest request) {
    boolean apart = environment.containsProperty("management.server.port");
    return !apart
        || request.getLocalPort()
            != environment.getProperty("local.server.port", Integer.class, -1);
  }
}
