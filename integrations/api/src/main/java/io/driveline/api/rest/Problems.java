package io.driveline.api.rest;

import io.grpc.Status;
import io.grpc.StatusException;
import io.grpc.StatusRuntimeException;
import org.apache.camel.Exchange;
import org.apache.camel.Message;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/**
 * Turns failures into answers: what went wrong in words that a caller may read, without stack
 * trace, and without anything of the request or of a store's own message.
 */
@Component("problems")
class Problems {

  /** Short: the stores come back by themselves, and a client may well ask again soon. */
  private static final String RETRY_AFTER_SECONDS = "5";

  private static final Logger log = LoggerFactory.getLogger(Problems.class);

  /** Answers a request that a bean refused. */
  public void refused(Exchange exchange) {
    answer(exchange, caught(exchange, ProblemException.class).problem());
  }

  /** Answers for the grpc app. */
  public void grpc(Exchange exchange) {
    Status status = status(exchange.getProperty(Exchange.EXCEPTION_CAUGHT, Throwable.class));
    switch (status.getCode()) {
      case NOT_FOUND ->
          answer(
              exchange,
              new Problem(
                  404,
                  "not-found",
                  "The mirror does not have this object among "
                      + exchange.getProperty(
                          RequestParameters.LOOKED_AMONG, "those asked for", String.class)
                      + "; the parameters account and livemode ask for others."));
      // Everything else was checked before the call: what is left is the page token.
      case INVALID_ARGUMENT ->
          answer(
              exchange,
              ProblemException.badParameter("cursor", "what the page before gave as next")
                  .problem());
      // CANCELLED: nothing here cancels a call, so the server has reset it, as one does that is
      // made to end before it has answered.
      case UNAVAILABLE, CANCELLED, DEADLINE_EXCEEDED, RESOURCE_EXHAUSTED ->
          away(
              exchange,
              "objects",
              "The objects cannot be read at the moment; try again.",
              status.getCode() + ": " + status.getDescription());
      default -> {
        log.warn("The grpc app answered {}: {}", status.getCode(), status.getDescription());
        answer(exchange, Problem.fault());
      }
    }
  }

  /** Answers while MongoDB is away. */
  public void mongodb(Exchange exchange) {
    away(exchange, "events", "The events cannot be read at the moment; try again.", null);
  }

  /** Answers while ClickHouse is away. */
  public void clickhouse(Exchange exchange) {
    away(exchange, "analytics", "Analytics cannot be read at the moment; try again.", null);
  }

  /** Answers for whatever nobody foresaw. */
  public void fault(Exchange exchange) {
    Throwable cause = exchange.getProperty(Exchange.EXCEPTION_CAUGHT, Throwable.class);
    log.error(
        "Route {} failed", exchange.getProperty(Exchange.FAILURE_ROUTE_ID, String.class), cause);
    answer(exchange, Problem.fault());
  }

  private static void away(Exchange exchange, String what, String detail, String reason) {
    Throwable cause = exchange.getProperty(Exchange.EXCEPTION_CAUGHT, Throwable.class);
    log.warn("No answer from the store of {}: {}", what, reason == null ? brief(cause) : reason);
    answer(exchange, new Problem(503, "unavailable", detail));
    exchange.getMessage().setHeader("Retry-After", RETRY_AFTER_SECONDS);
  }

  static void answer(Exchange exchange, Problem problem) {
    Message message = exchange.getMessage();
    message.removeHeaders("*");
    message.setHeader(Exchange.HTTP_RESPONSE_CODE, problem.status());
    message.setHeader(Exchange.CONTENT_TYPE, Problem.MEDIA_TYPE);
    message.setBody(problem.toJson());
  }

  private static String brief(Throwable cause) {
    String text = String.valueOf(cause);
    int line = text.indexOf('\n');
    String first = line < 0 ? text : text.substring(0, line);
    return first.length() <= 300 ? first : first.substring(0, 300);
  }

  private static Status status(Throwable failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof StatusRuntimeException e) {
        return e.getStatus();
      }
      if (cause instanceof StatusException e) {
        return e.getStatus();
      }
    }
    return Status.UNKNOWN;
  }

  private static <T extends Throwable> T caught(Exchange exchange, Class<T> type) {
    for (Throwable cause = exchange.getProperty(Exchange.EXCEPTION_CAUGHT, Throwable.class);
        cause != null;
        cause = cause.getCause()) {
      if (type.isInstance(cause)) {
        return type.cast(cause);
      }
    }
    throw new IllegalStateException("no " + type.getSimpleName() + " was caught");
  }
}
