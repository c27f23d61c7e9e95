package io.driveline.runtime.routes;

import io.driveline.runtime.settings.WrongSettingException;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.spring.boot.CamelContextConfiguration;
import org.apache.camel.support.LifecycleStrategySupport;

/** Loads the route files before Camel starts, and again when they change, if that is wanted. */
final class RouteLoading implements CamelContextConfiguration {

  private static final long POLL_MILLIS = 500;

  private final RouteSource source;
  private final HttpMappings paths;
  private final boolean reload;
  private RouteReload reloading;

  RouteLoading(RouteSource source, HttpMappings paths, boolean reload) {
    this.source = source;
    this.paths = paths;
    this.reload = reload;
  }

  @Override
  public void beforeApplicationStart(CamelContext camel) {
    // So that all steps that log in routes can be told apart from everything else that logs.
    camel.getGlobalOptions().put(Exchange.LOG_EIP_NAME, "routes.${routeId}");
    List<RouteFile> files = read();
    RouteChecks checks = new RouteChecks(new RouteRules(), new RouteTrial(camel));
    if (source.hasFolder()) {
      // What ships has been checked by a test, and need not be at every start.
      checks
          .wrong(files)
          .ifPresent(
              wrong -> {
                throw new WrongSettingException(wrong);
              });
    }
    RunningRoutes routes = new RunningRoutes(camel, paths);
    try {
      routes.load(files);
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
    reloading = new RouteReload(source, checks, routes, files);
  }

  /** What looks for changes; it does nothing by itself. */
  RouteReload reload() {
    return reloading;
  }

  private List<RouteFile> read() {
    try {
      return source.read();
    } catch (IOException e) {
      throw new WrongSettingException("a route file cannot be read: " + e.getMessage());
    }
  }

  @Override
  public void afterApplicationStart(CamelContext camel) {
    if (!reload) {
      return;
    }
    ScheduledExecutorService polls =
        camel.getExecutorServiceManager().newSingleThreadScheduledExecutor(this, "RouteReload");
    polls.scheduleWithFixedDelay(reloading::poll, POLL_MILLIS, POLL_MILLIS, TimeUnit.MILLISECONDS);
    camel.addLifecycleStrategy(
        new LifecycleStrategySupport() {
          @Override
          public void onContextStopping(CamelContext context) {
            // Nothing is swapped while the routes are stopped.
            context.getExecutorServiceManager().shutdownGraceful(polls);
          }
        });
  }
}
