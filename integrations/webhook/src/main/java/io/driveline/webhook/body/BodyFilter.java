package io.driveline.webhook.body;

import jakarta.servlet.AsyncContext;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletInputStream;
import jakarta.servlet.http.HttpFilter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.function.Consumer;
import java.util.function.Predicate;

/**
 * Has the body of each post read, within limits, before its route runs: the route gets all of it at
 * once, or the reason why not. It stands before Camel because Camel would read it whole.
 */
public final class BodyFilter extends HttpFilter {

  private static final long serialVersionUID = 1L;

  private final transient BodyLimits limits;
  private final transient MemoryBudget budget;
  private final transient Predicate<String> wanted;
  private final transient Consumer<String> refused;
  private final String retryAfter;
  private final transient ScheduledThreadPoolExecutor timer =
      new ScheduledThreadPoolExecutor(1, Thread.ofVirtual().name("body-timer").factory());

  /**
   * @param limits of one body
   * @param budget of all
   * @param wanted whether the body of a post to a path is wanted; it is thrown away otherwise
   * @param refused told the path of a post that there was no room for
   * @param retryAfter in how many seconds such a one may come again
   */
  public BodyFilter(
      BodyLimits limits,
      MemoryBudget budget,
      Predicate<String> wanted,
      Consumer<String> refused,
      int retryAfter) {
    this.limits = limits;
    this.budget = budget;
    this.wanted = wanted;
    this.refused = refused;
    this.retryAfter = String.valueOf(retryAfter);
    timer.setRemoveOnCancelPolicy(true); // or every body would stay in memory for its whole time
  }

  @Override
  protected void doFilter(
      HttpServletRequest request, HttpServletResponse response, FilterChain chain)
      throws IOException, ServletException {
    HttpServletRequest bodiless = new BodilessRequest(request);
    if (!"POST".equals(request.getMethod())) {
      chain.doFilter(bodiless, response);
      return;
    }
    String path = request.getServletPath();
    ServletInputStream in = request.getInputStream();
    // Also for a refusal: in a synchronous one Tomcat would wait for some more of the body.
    AsyncContext async = bodiless.startAsync(bodiless, response);
    if (!budget.reserve(BodyReader.OVERHEAD)) {
      refuse(path, response);
      async.complete();
      return;
    }
    BodyReader reader =
        new BodyReader(
            limits,
            budget,
            timer,
            later -> refuse(path, later),
            async,
            in,
            request.getContentLengthLong());
    request.setAttribute(BodyReader.ATTRIBUTE, reader);
    reader.begin(wanted.test(path));
  }

  /** Here and not in the route: in a flood this must cost next to nothing. */
  private void refuse(String path, HttpServletResponse response) throws IOException {
    refused.accept(path);
    response.setStatus(HttpServletResponse.SC_SERVICE_UNAVAILABLE);
    response.setHeader("Retry-After", retryAfter);
    response.setHeader("X-Content-Type-Options", "nosniff");
    response.setContentType("application/json");
    response.getOutputStream().print("{\"error\":\"too many posts at once; send it again\"}");
  }

  @Override
  public void destroy() {
    timer.shutdownNow();
  }
}
