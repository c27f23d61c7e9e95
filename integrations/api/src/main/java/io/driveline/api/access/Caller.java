package io.driveline.api.access;

import jakarta.servlet.http.HttpServletRequest;
import java.util.Locale;
import org.apache.camel.Exchange;
import org.apache.camel.component.platform.http.springboot.PlatformHttpMessage;

/**
 * Who calls: the owner of one of the keys.
 *
 * @param scope what the key may do
 * @param number the how-manieth of the keys of its scope it is, from 1
 */
public record Caller(Scope scope, int number) {

  private static final String ATTRIBUTE = Caller.class.getName();

  /** The key's name, such as {@code write#1}; never the key. */
  public String name() {
    return scope.name().toLowerCase(Locale.ROOT) + "#" + number;
  }

  /** Leaves it with the request: routes run on another thread than Spring Security. */
  void attach(HttpServletRequest request) {
    request.setAttribute(ATTRIBUTE, this);
  }

  /**
   * Who sent the request that a route is answering. To be asked before a step replaces the message.
   *
   * @throws IllegalStateException where the message is not the request
   */
  public static Caller of(Exchange exchange) {
    if (exchange.getIn() instanceof PlatformHttpMessage message
        && message.getRequest().getAttribute(ATTRIBUTE) instanceof Caller caller) {
      return caller;
    }
    throw new IllegalStateException("this exchange is no request that was let in");
  }
}
