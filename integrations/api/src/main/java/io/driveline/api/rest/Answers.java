package io.driveline.api.rest;

import io.driveline.events.Json;
import org.apache.camel.Exchange;

/** Writes what a route answers. */
public final class Answers {

  private Answers() {}

  /**
   * Answers 200 with a JSON value made of documents, lists, strings, numbers, booleans and nulls.
   */
  public static void json(Exchange exchange, Object value) {
    text(exchange, Json.write(value));
  }

  /** Answers 202 with a JSON value: what was asked for is noted, and comes about later. */
  public static void accepted(Exchange exchange, Object value) {
    json(exchange, value);
    exchange.getMessage().setHeader(Exchange.HTTP_RESPONSE_CODE, 202);
  }

  /** Answers 200 with JSON text. */
  public static void text(Exchange exchange, String json) {
    exchange.getMessage().removeHeaders("*");
    exchange.getMessage().setHeader(Exchange.CONTENT_TYPE, "application/json");
    exchange.getMessage().setBody(json);
  }
}
