package io.driveline.api.rest;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Locale;
import org.springframework.stereotype.Component;
import org.springframework.web.filter.OncePerRequestFilter;

/**
 * Refuses bodies that no operation takes, before any of them is read: Camel reads a body into
 * memory whatever its size, and fails on a form that is none. It comes after Spring Security.
 */
@Component
final class BodyLimit extends OncePerRequestFilter {

  private static final long MOST_BYTES = 64 * 1024;

  @Override
  protected void doFilterInternal(
      HttpServletRequest request, HttpServletResponse response, FilterChain chain)
      throws ServletException, IOException {
    Problem problem = problem(request);
    if (problem == null) {
      chain.doFilter(request, response);
    } else {
      problem.write(response);
    }
  }

  private static Problem problem(HttpServletRequest request) {
    long length = request.getContentLengthLong();
    if (request.getHeader("Transfer-Encoding") != null) {
      return new Problem(411, "length", "Send the body with its Content-Length.");
    }
    if (length > MOST_BYTES) {
      return new Problem(413, "too-large", "A body may have 64 KB at most.");
    }
    String type = request.getContentType();
    if (length > 0
        && (type == null || !type.toLowerCase(Locale.ROOT).startsWith("application/json"))) {
      return new Problem(
          415, "media-type", "Send the body as JSON, with Content-Type: application/json.");
    }
    return null;
  }
}
