package io.driveline.runtime.routes;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.function.Function;
import org.apache.camel.CamelContext;
import org.apache.camel.Route;
import org.apache.camel.ServiceStatus;
import org.apache.camel.builder.RouteConfigurationBuilder;
import org.apache.camel.model.Model;
import org.apache.camel.model.RouteConfigurationDefinition;
import org.apache.camel.model.RouteDefinition;
import org.apache.camel.spi.RouteStartupOrder;
import org.apache.camel.support.PluginHelper;
import org.apache.camel.support.ResourceHelper;

/** The routes of one Camel context, by the file that they came from. */
final class RunningRoutes {

  private final CamelContext camel;
  private final HttpMappings paths;
  private final Model model;
  private final Map<String, Loaded> loaded = new ConcurrentSkipListMap<>();

  RunningRoutes(CamelContext camel, HttpMappings paths) {
    this.camel = camel;
    this.paths = paths;
    this.model = camel.getCamelContextExtension().getContextPlugin(Model.class);
    camel.getRegistry().bind(RouteResources.BEAN, new RouteResources(this::file));
  }

  private RouteFile file(String name) {
    Loaded one = loaded.get(name);
    return one == null ? null : one.file();
  }

  /**
   * A file, and what Camel made of it.
   *
   * @param builder null if the file holds no routes
   */
  private record Loaded(RouteFile file, RouteConfigurationBuilder builder) {

    List<RouteDefinition> routes() {
      return builder == null ? List.of() : builder.getRouteCollection().getRoutes();
    }

    List<RouteConfigurationDefinition> policies() {
      return builder == null
          ? List.of()
          : builder.getRouteConfigurationCollection().getRouteConfigurations();
    }
  }

  /** A file that Camel cannot load. */
  static final class UnloadableException extends Exception {

    private static final long serialVersionUID = 1L;
    private final transient RouteFile file;
    private final String route;

    /**
     * @param route id of the one that Camel refused; null if it refused the file
     */
    UnloadableException(RouteFile file, String route, Exception cause) {
      super(cause);
      this.file = file;
      this.route = route;
    }

    String route() {
      return route;
    }

    RouteFile file() {
      return file;
    }
  }

  /**
   * Adds the routes of all these files, or of those that Camel took before it threw.
   *
   * @throws UnloadableException with the file, and the route if it is one's fault
   */
  void load(Collection<RouteFile> files) throws UnloadableException {
    load(files, Set.of());
  }

  /**
   * @param stopped ids of routes that are added, but not started
   */
  private void load(Collection<RouteFile> set, Set<String> stopped) throws UnloadableException {
    List<Loaded> all = new ArrayList<>();
    for (RouteFile file : set) {
      all.add(parse(file));
    }
    // Every error policy before the first route: a route takes its own when it is added.
    for (Loaded one : all) {
      loaded.put(one.file().name(), one);
      model.addRouteConfigurations(one.policies());
    }
    Map<RouteDefinition, RouteFile> files = new LinkedHashMap<>();
    for (Loaded one : all) {
      try {
        if (one.builder() != null) {
          one.builder().prepareModel(camel);
        }
      } catch (Exception e) {
        throw new UnloadableException(one.file(), null, e);
      }
      one.routes().forEach(route -> files.put(route, one.file()));
    }
    // Those that are called before those that let the world in.
    List<RouteDefinition> routes = new ArrayList<>(files.keySet());
    routes.sort(Comparator.comparing(route -> !isCalled(route)));
    for (RouteDefinition route : routes) {
      if (stopped.contains(route.getRouteId())) {
        route.setAutoStartup("false");
      }
      try {
        model.addRouteDefinition(route);
      } catch (Exception e) {
        throw new UnloadableException(files.get(route), route.getRouteId(), e);
      }
    }
  }

  private static boolean isCalled(RouteDefinition route) {
    String uri = route.getInput() == null ? null : route.getInput().getEndpointUri();
    return uri != null && uri.startsWith("direct");
  }

  private Loaded parse(RouteFile file) throws UnloadableException {
    if (!file.holdsRoutes()) {
      return new Loaded(file, null);
    }
    try {
      RouteConfigurationBuilder builder =
          (RouteConfigurationBuilder)
              PluginHelper.getRoutesLoader(camel)
                  .findRoutesBuilders(List.of(ResourceHelper.fromString(file.shown(), file.text())))
                  .iterator()
                  .next();
      builder.setCamelContext(camel);
      builder.getRouteConfigurationCollection().setCamelContext(camel);
      builder.configuration();
      return new Loaded(file, builder);
    } catch (Exception e) {
      throw new UnloadableException(file, null, e);
    }
  }

  /**
   * Makes the running routes those of the given files: the routes of files that changed are
   * replaced, and of those that name one that changed; all the others run on. A changed error
   * policy replaces every route, since a route takes its policy only when it is added. What was
   * stopped stays stopped. If something fails on the way, what ran before is put back, and then the
   * failure thrown; it has another suppressed if that failed too.
   *
   * @return what was done, a line for each changed file
   */
  List<String> swap(List<RouteFile> files) throws Exception {
    Map<String, RouteFile> wanted = new LinkedHashMap<>();
    files.forEach(file -> wanted.put(file.name(), file));
    Set<String> changed = new HashSet<>();
    wanted.forEach(
        (name, file) -> {
          if (!loaded.containsKey(name) || !loaded.get(name).file().equals(file)) {
            changed.add(name);
          }
        });
    loaded.keySet().stream().filter(name -> !wanted.containsKey(name)).forEach(changed::add);
    if (changed.isEmpty()) {
      return List.of();
    }

    boolean policies = false;
    for (String name : changed) {
      policies |= loaded.containsKey(name) && !loaded.get(name).policies().isEmpty();
      policies |= wanted.containsKey(name) && !parse(wanted.get(name)).policies().isEmpty();
    }
    Set<String> replaced = new HashSet<>(changed);
    if (policies) {
      replaced.addAll(loaded.keySet());
    }
    for (RouteFile file : files) {
      if (changed.stream().anyMatch(name -> file.text().contains("/" + name))) {
        replaced.add(file.name());
      }
    }
    List<RouteFile> before = select(loaded.keySet(), replaced, name -> loaded.get(name).file());
    List<RouteFile> after = select(wanted.keySet(), replaced, wanted::get);
    Set<String> stopped = stopped();
    remove(before);
    try {
      load(after, stopped);
    } catch (Exception e) {
      putBack(before, after, stopped, e);
      throw e;
    } finally {
      paths.forgetStopped();
    }
    return changed.stream().sorted().map(name -> told(name, before, after)).toList();
  }

  private void putBack(
      List<RouteFile> before, List<RouteFile> after, Set<String> stopped, Exception why) {
    try {
      remove(after);
      load(before, stopped);
    } catch (Exception e) {
      why.addSuppressed(e);
    }
  }

  private static List<RouteFile> select(
      Set<String> names, Set<String> wanted, Function<String, RouteFile> file) {
    return names.stream().filter(wanted::contains).map(file).toList();
  }

  private String told(String name, List<RouteFile> before, List<RouteFile> after) {
    Loaded now = loaded.get(name);
    if (now == null) {
      return "removed " + shown(name, before);
    }
    if (shadowed(name, now, before)) {
      return "removed " + shown(name, before) + "; the shipped one runs";
    }
    int routes = now.routes().size();
    if (!now.policies().isEmpty() || now.builder() == null) {
      routes = after.stream().mapToInt(file -> loaded.get(file.name()).routes().size()).sum();
    }
    return "reloaded "
        + now.file().shown()
        + " ("
        + routes
        + (routes == 1 ? " route)" : " routes)");
  }

  /** Whether a file in the folder had taken the place of this one. */
  private static boolean shadowed(String name, Loaded now, List<RouteFile> before) {
    return now.file().shipped()
        && before.stream().anyMatch(file -> file.name().equals(name) && !file.shipped());
  }

  private static String shown(String name, List<RouteFile> files) {
    return files.stream()
        .filter(file -> file.name().equals(name))
        .findFirst()
        .orElseThrow()
        .shown();
  }

  private Set<String> stopped() {
    Set<String> stopped = new HashSet<>();
    for (Route route : camel.getRoutes()) {
      ServiceStatus status = camel.getRouteController().getRouteStatus(route.getId());
      if (status != null && !status.isStarted() && !status.isStarting()) {
        stopped.add(route.getId());
      }
    }
    return stopped;
  }

  private void remove(List<RouteFile> files) throws Exception {
    List<Loaded> all =
        files.stream().map(file -> loaded.remove(file.name())).filter(Objects::nonNull).toList();
    List<RouteDefinition> routes = all.stream().flatMap(one -> one.routes().stream()).toList();
    Set<String> ids = new HashSet<>();
    routes.forEach(route -> ids.add(route.getRouteId()));
    // All in one go: what is in flight may still call the others, which end last.
    List<RouteStartupOrder> running =
        camel.getCamelContextExtension().getRouteStartupOrder().stream()
            .filter(order -> ids.contains(order.getRoute().getId()))
            .toList();
    camel.getShutdownStrategy().shutdown(camel, running);
    for (RouteDefinition route : routes) {
      model.removeRouteDefinition(route);
    }
    for (Loaded one : all) {
      if (one.builder() != null) {
        model.getRestDefinitions().removeAll(one.builder().getRestCollection().getRests());
      }
      for (RouteConfigurationDefinition policy : one.policies()) {
        model.removeRouteConfiguration(policy);
      }
    }
  }

  /** Where and why Camel refused. */
  Finding finding(List<RouteFile> files, Exception thrown) {
    return RouteTrial.finding(camel, files, thrown);
  }
}
