package io.driveline.webhook;

import io.driveline.events.Json;
import java.util.Map;
import org.apache.camel.Exchange;
import org.apache.camel.Message;

/** Bean {@code answers}: the bodies of the answers. None shows anything of the request. */
final class Answers {

  /** The event is safe. */
  public void kept(Exchange exchange) {
    write(exchange.getMessage(), Map.of("received", true));
  }

  /** The post was refused, for a reason that its sender may read. */
  public void refused(Exchange exchange) {
    Exception reason = exchange.getProperty(Exchange.EXCEPTION_CAUGHT, Exception.class);
    write(exchange.getMessage(), error(reason.getMessage()));
  }

  /** The event is kept nowhere; the reason is no business of the sender's. */
  public void notKept(Exchange exchange) {
    write(exchange.getMessage(), error("the event could not be kept; send it again"));
  }

  static void write(Message message, Map<String, ?> body) {
    message.setHeader(Exchange.CONTENT_TYPE, "application/json");
    message.setBody(Json.write(body));
  }

  static Map<String, ?> error(String reason) {
    return Map.of("error", reason);
  }
}
