package io.driveline.runtime.management;

import com.fasterxml.jackson.databind.ObjectMapper;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.springframework.http.MediaType;
import org.springframework.security.web.util.matcher.RequestMatcher;
import org.springframework.web.filter.OncePerRequestFilter;

/**
 * Tells Hawtio's pages who is logged in. With its own login off, Hawtio would say "public", and
 * offer no way to log out.
 */
final class HawtioUser extends OncePerRequestFilter {

  private static final ObjectMapper JSON = new ObjectMapper();

  private final RequestMatcher question;

  /**
   * @param question what the pages ask
   */
  HawtioUser(RequestMatcher question) {
    this.question = question;
  }

  @Override
  protected void doFilterInternal(
      HttpServletRequest request, HttpServletResponse response, FilterChain chain)
      throws ServletException, IOException {
    if (question.matches(request)) {
      response.setContentType(MediaType.APPLICATION_JSON_VALUE);
      JSON.writeValue(response.getOutputStream(), request.getRemoteUser());
    } else {
      chain.doFilter(request, response);
    }
  }
}
