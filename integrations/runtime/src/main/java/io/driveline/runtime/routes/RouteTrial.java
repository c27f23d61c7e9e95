package io.driveline.runtime.routes;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.apache.camel.CamelContext;
import org.apache.camel.CamelContextAware;
import org.apache.camel.Component;
import org.apache.camel.FailedToCreateRouteException;
import org.apache.camel.FailedToStartRouteException;
import org.apache.camel.StartupSummaryLevel;
import org.apache.camel.StatefulService;
import org.apache.camel.cluster.CamelClusterService;
import org.apache.camel.cluster.CamelClusterView;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.model.Model;
import org.apache.camel.model.ProcessorDefinition;
import org.apache.camel.model.ProcessorDefinitionHelper;
import org.apache.camel.model.RouteDefinition;
import org.apache.camel.spi.BeanRepository;
import org.apache.camel.spi.DataFormat;
import org.apache.camel.spi.Language;
import org.apache.camel.spi.PropertiesSource;
import org.apache.camel.spi.Registry;
import org.apache.camel.spi.ResourceResolver;
import org.apache.camel.support.DefaultRegistry;
import org.apache.camel.support.cluster.AbstractCamelClusterService;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;

/**
 * Loads a set of files into a Camel context of its own, with the beans and settings of the running
 * one, and consumes nothing. So what only Camel can know is known before a running route is
 * touched: a component that is not there, a bean that is missing, an option that does not exist.
 */
final class RouteTrial {

  private static final Pattern NODE = Pattern.compile(">>> (.*?) <<<", Pattern.DOTALL);

  /** It starts no consumer, and so takes no path. */
  private static final HttpMappings NO_PATHS = new HttpMappings(List.of());

  private final CamelContext running;

  RouteTrial(CamelContext running) {
    this.running = running;
  }

  /** Why the set cannot be loaded; empty if it can. */
  Optional<Finding> refused(List<RouteFile> files) {
    Beans beans = new Beans(running.getRegistry());
    try (DefaultCamelContext scratch = new DefaultCamelContext(new DefaultRegistry(beans))) {
      scratch.getCamelContextExtension().setName(running.getName() + "-trial");
      scratch.disableJMX();
      scratch.setStartupSummaryLevel(StartupSummaryLevel.Off);
      scratch.setAutoStartup(false);
      scratch.setSourceLocationEnabled(true);
      scratch.setAllowUseOriginalMessage(running.isAllowUseOriginalMessage());
      scratch.setApplicationContextClassLoader(running.getApplicationContextClassLoader());
      scratch.getPropertiesComponent().addPropertiesSource(new Settings(running));
      if (running.hasService(CamelClusterService.class) != null) {
        scratch.addService(new NoElection());
      }
      try {
        new RunningRoutes(scratch, NO_PATHS).load(files);
        scratch.start();
      } catch (Exception e) {
        return Optional.of(finding(scratch, files, e));
      }
    } catch (Exception e) {
      return Optional.of(new Finding(files.getFirst().shown(), 1, reason(e)));
    } finally {
      beans.giveBack(running);
    }
    return Optional.empty();
  }

  /** Where and why Camel refused; the file's first line where Camel does not say. */
  static Finding finding(CamelContext camel, List<RouteFile> files, Exception thrown) {
    Finding place = new Finding(files.getFirst().shown(), 1, "");
    for (Throwable e = thrown; e != null; e = e.getCause()) {
      place =
          switch (e) {
            case RunningRoutes.UnloadableException unloadable ->
                place(files, unloadable.route(), new Finding(unloadable.file().shown(), 1, ""));
            case MarkedYamlEngineException yaml when yaml.getProblemMark().isPresent() ->
                new Finding(place.file(), yaml.getProblemMark().get().getLine() + 1, "");
            case FailedToCreateRouteException failed -> {
              Finding route = place(files, failed.getRouteId(), place);
              yield new Finding(route.file(), line(camel, failed, route.line()), "");
            }
            case FailedToStartRouteException failed -> place(files, failed.getRouteId(), place);
            default -> place;
          };
    }
    return new Finding(place.file(), place.line(), reason(thrown));
  }

  /** Where a route's id stands. */
  private static Finding place(List<RouteFile> files, String id, Finding otherwise) {
    Pattern line =
        Pattern.compile("\\s*(?:id|routeId): \"?" + Pattern.quote(String.valueOf(id)) + "\"?\\s*");
    for (RouteFile file : files) {
      List<String> lines = file.text().lines().toList();
      for (int i = 0; i < lines.size(); i++) {
        if (line.matcher(lines.get(i)).matches()) {
          return new Finding(file.shown(), i + 1, "");
        }
      }
    }
    return otherwise;
  }

  /** Camel shows the node, but not its line. */
  private static int line(CamelContext camel, FailedToCreateRouteException failed, int otherwise) {
    RouteDefinition route =
        camel
            .getCamelContextExtension()
            .getContextPlugin(Model.class)
            .getRouteDefinition(failed.getRouteId());
    Matcher shown = NODE.matcher(String.valueOf(failed.getMessage()));
    int line = -1;
    if (route != null && shown.find()) {
      for (ProcessorDefinition<?> node :
          ProcessorDefinitionHelper.filterTypeInOutputs(
              route.getOutputs(), ProcessorDefinition.class)) {
        line = node.toString().equals(shown.group(1)) ? node.getLineNumber() : line;
      }
    } else if (route != null && route.getInput() != null) {
      line = route.getInput().getLineNumber();
    }
    return line > 0 ? line : otherwise;
  }

  static String reason(Throwable thrown) {
    Throwable last = thrown;
    while (last.getCause() != null && last.getCause() != last) {
      last = last.getCause();
    }
    if (last instanceof MarkedYamlEngineException yaml) {
      return yaml.getProblem();
    }
    String line = RouteTree.firstLine(last.getMessage());
    return line.isEmpty() ? last.getClass().getSimpleName() : line;
  }

  /**
   * Stands for the running context's, so that {@code master:} can be created. Nobody is elected
   * here, as nothing is consumed.
   */
  private static final class NoElection extends AbstractCamelClusterService<CamelClusterView> {

    @Override
    protected CamelClusterView createView(String group) {
      throw new UnsupportedOperationException("a trial consumes nothing");
    }
  }

  /** The running context's settings. */
  private record Settings(CamelContext running) implements PropertiesSource {

    @Override
    public String getName() {
      return "driveline";
    }

    @Override
    public String getProperty(String name) {
      return running.getPropertiesComponent().resolveProperty(name).orElse(null);
    }
  }

  /** The running context's beans, without what belongs to one context alone. */
  private record Beans(
      Registry registry, Set<CamelContextAware> aware, Set<StatefulService> started)
      implements BeanRepository {

    Beans(Registry registry) {
      this(registry, ConcurrentHashMap.newKeySet(), ConcurrentHashMap.newKeySet());
    }

    @Override
    public Object lookupByName(String name) {
      return lend(registry.lookupByName(name));
    }

    @Override
    public <T> T lookupByNameAndType(String name, Class<T> type) {
      return type.cast(lend(registry.lookupByNameAndType(name, type)));
    }

    @Override
    public <T> Map<String, T> findByTypeWithName(Class<T> type) {
      return registry.findByTypeWithName(type).entrySet().stream()
          .filter(bean -> lend(bean.getValue()) != null)
          .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
    }

    @Override
    public <T> Set<T> findByType(Class<T> type) {
      return Set.copyOf(findByTypeWithName(type).values());
    }

    private Object lend(Object bean) {
      if (bean == null
          || bean instanceof Component
          || bean instanceof DataFormat
          || bean instanceof Language
          || bean instanceof ResourceResolver
          || bean instanceof CamelContext) {
        return null;
      }
      if (bean instanceof CamelContextAware withContext) {
        aware.add(withContext);
      }
      if (bean instanceof StatefulService service && service.isStarted()) {
        started.add(service);
      }
      return bean;
    }

    /** A bean that took the scratch context for its own, or was stopped with it, is put right. */
    void giveBack(CamelContext running) {
      aware.forEach(bean -> bean.setCamelContext(running));
      started.stream().filter(StatefulService::isStopped).forEach(StatefulService::start);
    }
  }
}
