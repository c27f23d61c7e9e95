package io.driveline.runtime.routes;

import java.util.Set;
import org.apache.camel.Consumer;
import org.springframework.web.servlet.mvc.method.annotation.RequestMappingHandlerMapping;

/**
 * The HTTP paths of this app. Camel 4.17 takes a path over when a new route serves it, but leaves
 * one that no route serves any more with the route that did.
 */
record HttpMappings(Iterable<RequestMappingHandlerMapping> all) {

  /** Takes away the paths that still lead to one of these. */
  void forget(Set<Consumer> gone) {
    for (RequestMappingHandlerMapping mapping : all) {
      mapping
          .getHandlerMethods()
          .forEach(
              (path, handler) -> {
                if (handler.getBean() instanceof Consumer consumer && gone.contains(consumer)) {
                  mapping.unregisterMapping(path);
                }
              });
    }
  }
}
