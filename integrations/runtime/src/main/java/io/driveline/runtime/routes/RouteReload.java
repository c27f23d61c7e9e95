package io.driveline.runtime.routes;

import java.io.IOException;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Loads the route files again when they are saved. The files are read and compared as a whole,
 * every half second: an editor may write in place, put another file in its place, or delete and
 * create; and a mounted folder may change behind a link. What was read twice the same is no
 * half-written file.
 */
final class RouteReload {

  private static final Logger LOG = LoggerFactory.getLogger(RouteReload.class);

  private final RouteSource source;
  private final RouteChecks checks;
  private final RunningRoutes routes;
  private List<RouteFile> seen;
  private List<RouteFile> tried;
  private String unreadable;

  /**
   * @param running what runs now
   */
  RouteReload(
      RouteSource source, RouteChecks checks, RunningRoutes routes, List<RouteFile> running) {
    this.source = source;
    this.checks = checks;
    this.routes = routes;
    this.seen = running;
    this.tried = running;
  }

  /** Looks once; never throws, or it would be the last time. */
  void poll() {
    try {
      List<RouteFile> now = source.read();
      unreadable = null;
      if (!now.equals(seen)) {
        seen = now;
      } else if (!now.equals(tried)) {
        tried = now;
        reload(now);
      }
    } catch (IOException e) {
      if (!e.toString().equals(unreadable)) {
        unreadable = e.toString();
        LOG.warn("routes not reloaded: {}", unreadable);
      }
    } catch (RuntimeException e) {
      LOG.error("routes not reloaded", e);
    }
  }

  private void reload(List<RouteFile> files) {
    Optional<String> wrong = checks.wrong(files);
    if (wrong.isPresent()) {
      LOG.warn("routes not reloaded, the running ones go on: {}", wrong.get());
      return;
    }
    try {
      List<String> done = routes.swap(files);
      if (done.isEmpty()) {
        LOG.info("the routes are again those that run"); // after a save that was refused
      }
      done.forEach(LOG::info);
    } catch (Exception e) {
      Finding why = routes.finding(files, e);
      if (e.getSuppressed().length == 0) {
        LOG.warn("routes not reloaded, the old ones are back: {}", why);
      } else {
        LOG.error("routes not reloaded, and not all old ones are back; restart the app: {}", why);
      }
    }
  }
}
