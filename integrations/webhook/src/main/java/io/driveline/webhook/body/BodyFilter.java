package io.driveline.webhook.body;

import jakarta.servlet.AsyncContext;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletInputStream;
import jakarta.servlet.http.HttpFilter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
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
  private final transient ScheduledExecutorService timer =
      Executors.newSingleThreadScheduledExecutor(Thread.ofVirtual().name("body-timer").factory());

  /**
   * @param limits of one body
   * @param budget of all
   * @param wanted whether the body of a post to a path is wanted; it is thrown away otherwise
   */
  public BodyFilter(BodyLimits limits, MemoryBudget budget, Predicate<String> wanted) {
    this.limits = limits;
    this.budget = budget;
    this.wanted = wanted;
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
    ServletInputStream in = request.getInputStream();
    AsyncContext async = bodiless.startAsync(bodiless, response);
    BodyReader reader =
        new BodyReader(limits, budget, timer, async, in, request.getContentLengthLong());
    request.setAttribute(BodyReader.ATTRIBUTE, reader);
    reader.begin(wanted.test(request.getServletPath()));
  }

  @Override
  public void destroy() {
    timer.shutdownNow();
  }
}
