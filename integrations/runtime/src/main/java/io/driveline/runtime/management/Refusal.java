package io.driveline.runtime.management;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.http.MediaType;
import org.springframework.security.access.AccessDeniedException;
import org.springframework.security.core.AuthenticationException;
import org.springframework.security.web.AuthenticationEntryPoint;
import org.springframework.security.web.access.AccessDeniedHandler;
import org.springframework.security.web.util.matcher.RequestMatcher;

/** What somebody hears who may not have what he asked the management port for. */
final class Refusal implements AuthenticationEntryPoint, AccessDeniedHandler {

  static final String LOGIN_PAGE = "/login";

  private static final String CLOSED =
      "Closed: set DRIVELINE_MANAGEMENT_PASSWORD to open Hawtio and Jolokia.\n";

  private final RequestMatcher wantsLogin;
  private final boolean hasLogin;

  /**
   * @param wantsLogin what the login opens
   * @param hasLogin whether there is one
   */
  Refusal(RequestMatcher wantsLogin, boolean hasLogin) {
    this.wantsLogin = wantsLogin;
    this.hasLogin = hasLogin;
  }

  /** Nobody is logged in. */
  @Override
  public void commence(
      HttpServletRequest request, HttpServletResponse response, AuthenticationException failure)
      throws IOException {
    if (!wantsLogin.matches(request)) {
      answer(response, HttpServletResponse.SC_NOT_FOUND, "");
    } else if (!hasLogin) {
      answer(response, HttpServletResponse.SC_FORBIDDEN, CLOSED);
    } else if (isPage(request)) {
      response.sendRedirect(LOGIN_PAGE);
    } else {
      // Without WWW-Authenticate: a browser would remember the login and send it for any site.
      answer(response, HttpServletResponse.SC_UNAUTHORIZED, "");
    }
  }

  /** Whoever is logged in may not have it either: it is as if it were not there. */
  @Override
  public void handle(
      HttpServletRequest request, HttpServletResponse response, AccessDeniedException denied)
      throws IOException {
    answer(response, HttpServletResponse.SC_NOT_FOUND, "");
  }

  /** Whether a person follows a link, who can be shown a login page. */
  static boolean isPage(HttpServletRequest request) {
    String accept = request.getHeader(HttpHeaders.ACCEPT);
    return request.getHeader(HttpHeaders.AUTHORIZATION) == null
        && HttpMethod.GET.matches(request.getMethod())
        && accept != null
        && accept.contains(MediaType.TEXT_HTML_VALUE);
  }

  private static void answer(HttpServletResponse response, int status, String text)
      throws IOException {
    response.setStatus(status);
    response.setContentType(MediaType.TEXT_PLAIN_VALUE);
    response.getOutputStream().write(text.getBytes(StandardCharsets.UTF_8));
  }
}
