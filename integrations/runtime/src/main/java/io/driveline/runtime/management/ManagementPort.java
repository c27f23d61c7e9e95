package io.driveline.runtime.management;

import jakarta.servlet.http.HttpServletRequest;
import org.springframework.core.env.Environment;
import org.springframework.security.web.util.matcher.RequestMatcher;

/**
 * Matches what came in on the management port. Both ports of an app share one filter; a path would
 * not tell them apart, since a login page stands at {@code /login} of the management port alone.
 */
final class ManagementPort implements RequestMatcher {

  private final Environment environment;

  ManagementPort(Environment environment) {
    this.environment = environment;
  }

  @Override
  public boolean matches(HttpServletRequest request) {
    // Known only once the server listens: the port may be any free one.
    return request.getLocalPort()
        == environment.getProperty("local.management.port", Integer.class, -1);
  }
}
