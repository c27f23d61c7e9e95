package io.driveline.api.rest;

import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.NamedNode;
import org.apache.camel.Route;
import org.apache.camel.spi.RoutePolicy;
import org.apache.camel.spi.RoutePolicyFactory;
import org.apache.camel.support.RoutePolicySupport;
import org.springframework.stereotype.Component;

/**
 * Gives the contract's own refusals a body. Camel lets every path of the contract in with whatever
 * comes below it; rest-openapi answers what is none of them with a bare 404 (or 405), before any
 * step of a route could say more. A route policy is called after that.
 */
@Component
class ContractProblems implements RoutePolicyFactory {

  @Override
  public RoutePolicy createRoutePolicy(CamelContext context, String routeId, NamedNode route) {
    return new RoutePolicySupport() {
      @Override
      public void onExchangeDone(Route done, Exchange exchange) {
        if (done.getEndpoint().getEndpointUri().startsWith("rest-openapi:")) {
          explain(exchange);
        }
      }
    };
  }

  private static void explain(Exchange exchange) {
    Integer status =
        exchange.getMessage().getHeader(Exchange.HTTP_RESPONSE_CODE, 200, Integer.class);
    boolean told =
        Problem.MEDIA_TYPE.equals(
            exchange.getMessage().getHeader(Exchange.CONTENT_TYPE, String.class));
    if (told || (status != 404 && status != 405)) {
      return;
    }
    String allow = exchange.getMessage().getHeader("Allow", String.class);
    Problems.answer(exchange, status == 404 ? Problem.unknownPath() : Problem.wrongMethod());
    if (allow != null) {
      exchange.getMessage().setHeader("Allow", allow);
    }
  }
}
