package io.driveline.runtime.routes;

import org.apache.camel.Consumer;
import org.apache.camel.support.service.ServiceHelper;
import org.springframework.web.servlet.mvc.method.annotation.RequestMappingHandlerMapping;

/**
 * The HTTP paths of this app. Camel 4.17 takes a path over when a new route serves it, but leaves
 * one that no route serves any more with the consumer that did, where it is answered with 500.
 */
record HttpMappings(Iterable<RequestMappingHandlerMapping> all) {

  /** Takes away the paths that lead to a stopped consumer; one that starts again takes its own. */
  void forgetStopped() {
    for (RequestMappingHandlerMapping mapping : all) {
      mapping
          .getHandlerMethods()
          .forEach(
              (path, handler) -> {
                if (handler.getBean() instanceof Consumer consumer
                    && !ServiceHelper.isStarted(consumer)) {
                  mapping.unregisterMapping(path);
                }
              });
    }
  }
}
