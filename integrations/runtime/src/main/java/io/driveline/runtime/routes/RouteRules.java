package io.driveline.runtime.routes;

import static io.driveline.runtime.routes.RouteTree.line;
import static io.driveline.runtime.routes.RouteTree.text;
import static io.driveline.runtime.routes.RouteTree.value;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;

/**
 * The rules for route files. They hold for what ships, by a test, and for what a user puts in its
 * place, before it is loaded: a route that breaks one would fail later, be lost in an editor, or
 * hide what it does from Hawtio and the metrics.
 */
public final class RouteRules {

  /** The longest simple expression; what needs more is a bean's job. */
  static final int LONGEST_SIMPLE = 80;

  private static final Set<String> SCRIPTS =
      Set.of("groovy", "java", "joor", "js", "mvel", "ognl", "python", "script", "spel");

  /** Elements that are nodes of a route wherever they stand. */
  private static final Set<String> NODES =
      Set.of(
          "route",
          "routeConfiguration",
          "routeTemplate",
          "rest",
          "from",
          "otherwise",
          "doFinally",
          "onFallback",
          "onException",
          "onCompletion",
          "intercept",
          "interceptFrom",
          "interceptSendToEndpoint");

  /** Lists whose items are nodes without a name of their own. */
  private static final Set<String> NAMELESS = Set.of("when", "doCatch");

  private static final Set<String> VERBS = Set.of("get", "head", "post", "put", "patch", "delete");

  /**
   * Their producers contact the store when they start. Not spring-redis, which cannot start lazily
   * in Camel 4.17 and whose start contacts nobody.
   */
  private static final Set<String> STORES =
      Set.of("mongodb", "sql", "jdbc", "spring-rabbitmq", "grpc");

  /** Settings that must be given, so that a default would only hide that they are missing. */
  private static final Set<String> REQUIRED = Set.of("driveline.grpc.address");

  /** Texts for people: what they quote is not meant. */
  private static final Set<String> PROSE = Set.of("description", "note", "message", "title");

  private static final Set<String> DELAYS =
      Set.of(
          "completionInterval",
          "completionTimeout",
          "delay",
          "maximumRedeliveryDelay",
          "redeliveryDelay",
          "timeout");

  private static final Pattern NUMBER = Pattern.compile("\\d+(ms|s|m|h)?");
  private static final Pattern BARE = Pattern.compile("\\{\\{([^?:{}]+)}}");
  private static final Pattern DIRECT = Pattern.compile("direct:(?://)?([^?${}]+)(\\?.*)?");

  private final CanonicalSchema schema = new CanonicalSchema();

  /**
   * Checks the whole set of one app.
   *
   * @param files all of them: ids, error policies and {@code direct:} routes reach across files
   * @return what is wrong, by file and line; empty if nothing is
   */
  public List<Finding> check(List<RouteFile> files) {
    List<Finding> findings = new ArrayList<>();
    AppNames names = new AppNames(findings);
    for (RouteFile file : files) {
      RouteTree tree = RouteTree.parse(file, findings);
      if (tree == null) {
        continue;
      }
      if (!file.holdsRoutes()) {
        new OfFile(file, findings, names).operations(tree.root());
        continue;
      }
      for (int line : RouteTree.comments(file)) {
        findings.add(
            new Finding(
                file.shown(), line, "has a # comment, which editors drop; write it as a note"));
      }
      if (tree.root() == null) {
        findings.add(new Finding(file.shown(), 1, "is empty"));
        continue;
      }
      findings.addAll(schema.check(file, tree));
      new OfFile(file, findings, names).visit(tree.root(), "", "");
    }
    // An unreadable file may hold what the others name.
    if (findings.stream().noneMatch(finding -> finding.text().startsWith("is not YAML"))) {
      names.findMissing();
    }
    Collections.sort(findings);
    return List.copyOf(findings);
  }

  /** A name, and where it stands. */
  private record Named(String name, String file, int line) {

    Finding finding(String text) {
      return new Finding(file, line, text);
    }
  }

  /** What the files of an app must know of each other. */
  private static final class AppNames {

    private final List<Finding> findings;
    private final Map<String, Named> ids = new HashMap<>();
    private final Map<String, Named> served = new HashMap<>();
    private final Set<String> policies = new HashSet<>();
    private final List<Named> called = new ArrayList<>();
    private final List<Named> policiesNamed = new ArrayList<>();

    AppNames(List<Finding> findings) {
      this.findings = findings;
    }

    void id(Named id) {
      Named first = ids.putIfAbsent(id.name(), id);
      if (first != null) {
        findings.add(
            id.finding(
                "id " + id.name() + " stands in " + first.file() + ":" + first.line() + " too"));
      }
    }

    void serves(Named direct) {
      Named first = served.putIfAbsent(direct.name(), direct);
      if (first != null) {
        findings.add(
            direct.finding(
                "direct:"
                    + direct.name()
                    + " is served in "
                    + first.file()
                    + ":"
                    + first.line()
                    + " too"));
      }
    }

    void findMissing() {
      for (Named call : called) {
        if (!served.containsKey(call.name())) {
          findings.add(call.finding("no route serves direct:" + call.name()));
        }
      }
      for (Named policy : policiesNamed) {
        if (!policies.contains(policy.name())) {
          findings.add(policy.finding("there is no routeConfiguration " + policy.name()));
        }
      }
    }
  }

  /** The walk through one file. */
  private static final class OfFile {

    private final RouteFile file;
    private final List<Finding> findings;
    private final AppNames names;

    OfFile(RouteFile file, List<Finding> findings, AppNames names) {
      this.file = file;
      this.findings = findings;
      this.names = names;
    }

    private void add(Node at, String text) {
      findings.add(new Finding(file.shown(), line(at), text));
    }

    private Named named(String name, Node at) {
      return new Named(name, file.shown(), line(at));
    }

    /**
     * @param key the key under which the node stands
     * @param around the key of what stands around that
     */
    void visit(Node node, String key, String around) {
      switch (node) {
        case MappingNode mapping -> mapping(mapping, key, around);
        case SequenceNode sequence -> {
          for (Node item : sequence.getValue()) {
            if (item instanceof MappingNode mapping
                && (NAMELESS.contains(key) || around.equals("rest") && VERBS.contains(key))) {
              node(mapping, key);
            }
            visit(item, "", key);
          }
        }
        case ScalarNode scalar -> scalar(scalar, key);
        default -> {}
      }
    }

    private void mapping(MappingNode mapping, String key, String around) {
      // An item of steps has one key, its kind.
      if (NODES.contains(key) || around.equals("steps") && !key.isEmpty()) {
        node(mapping, key);
      }
      Node id = value(mapping, "id");
      if (id != null && text(id) != null) {
        names.id(named(text(id), id));
      }
      if (key.equals("simple")) {
        simple(value(mapping, "expression"));
      }
      endpoint(mapping, key);
      Set<String> keys = new HashSet<>();
      for (NodeTuple tuple : mapping.getValue()) {
        String name = text(tuple.getKeyNode());
        if (!keys.add(name)) {
          add(tuple.getKeyNode(), name + " stands twice in one place");
        }
        if (SCRIPTS.contains(name)) {
          add(tuple.getKeyNode(), name + " is a script; give the job to a bean");
        }
        if (name.equals("parameters")) {
          parameters(tuple.getValueNode());
        } else {
          visit(tuple.getValueNode(), name, key.isEmpty() ? around : key);
        }
      }
    }

    private void node(MappingNode node, String kind) {
      String id = text(node, "id");
      if (id == null || id.isBlank()) {
        add(node, kind + " has no id");
      }
      if (kind.equals("route")) {
        String description = text(node, "description");
        if (description == null || description.isBlank()) {
          add(node, "route " + (id == null ? "" : id + " ") + "has no description");
        }
        Node policies = value(node, "routeConfigurationId");
        if (text(policies) != null) {
          for (String policy : text(policies).split(",")) {
            if (!policy.contains("*")) {
              names.policiesNamed.add(named(policy.strip(), policies));
            }
          }
        }
      } else if (kind.equals("routeConfiguration") && id != null) {
        names.policies.add(id);
      }
    }

    private void endpoint(MappingNode element, String kind) {
      String uri = text(element, "uri");
      if (uri == null) {
        return;
      }
      MappingNode parameters =
          value(element, "parameters") instanceof MappingNode mapping ? mapping : null;
      String scheme = uri.contains(":") ? uri.substring(0, uri.indexOf(':')) : uri;
      if (scheme.equals("direct")) {
        Matcher inside = DIRECT.matcher(uri);
        String name =
            inside.matches()
                ? inside.group(1)
                : parameters == null ? null : text(parameters, "name");
        if (name != null && kind.equals("from")) {
          names.serves(named(name, element));
        } else if (name != null && !name.contains("$") && !name.contains("{{")) {
          names.called.add(named(name, element));
        }
      }
      if (STORES.contains(scheme)
          && !kind.equals("from")
          && !uri.contains("lazyStartProducer=true")
          && (parameters == null || !"true".equals(text(parameters, "lazyStartProducer")))) {
        add(element, scheme + " needs lazyStartProducer: true, or no app starts without its store");
      }
    }

    private void parameters(Node node) {
      if (!(node instanceof MappingNode parameters)) {
        return;
      }
      for (NodeTuple tuple : parameters.getValue()) {
        Node value = tuple.getValueNode();
        String name = text(tuple.getKeyNode());
        String text = text(value);
        if (text == null) {
          continue;
        }
        // 0 and 1 mean never, at once, or alone, and are no sizes.
        if (NUMBER.matcher(text).matches() && text.length() > 1 && !name.equals("port")) {
          add(
              value,
              name + " must be a placeholder with a default, such as {{driveline.…:" + text + "}}");
        }
        bare(value, text);
      }
    }

    private void scalar(ScalarNode scalar, String key) {
      String text = scalar.getValue();
      if (PROSE.contains(key)) {
        return;
      }
      bare(scalar, text);
      if (key.equals("simple")) {
        simple(scalar);
      }
      if (DELAYS.contains(key) && NUMBER.matcher(text).matches() && text.length() > 1) {
        add(
            scalar,
            key + " must be a placeholder with a default, such as {{driveline.…:" + text + "}}");
      }
      Matcher direct = DIRECT.matcher(text);
      if (!key.equals("uri") && direct.matches()) {
        names.called.add(named(direct.group(1), scalar));
      }
    }

    private void simple(Node expression) {
      String text = text(expression);
      if (text != null && text.length() > LONGEST_SIMPLE) {
        add(
            expression,
            "a simple expression of "
                + text.length()
                + " characters; over "
                + LONGEST_SIMPLE
                + " it is a bean's job");
      }
    }

    private void bare(Node at, String text) {
      Matcher placeholder = BARE.matcher(text);
      while (placeholder.find()) {
        if (!REQUIRED.contains(placeholder.group(1))) {
          add(at, "placeholder " + placeholder.group(1) + " has no default");
        }
      }
    }

    /** An OpenAPI document calls the direct route of each of its operations. */
    void operations(Node document) {
      if (document instanceof MappingNode openApi
          && value(openApi, "openapi") != null
          && value(openApi, "paths") instanceof MappingNode paths) {
        operationIds(paths);
      }
    }

    private void operationIds(Node node) {
      if (node instanceof MappingNode mapping) {
        Node id = value(mapping, "operationId");
        if (text(id) != null) {
          names.called.add(named(text(id), id));
        }
        mapping.getValue().forEach(tuple -> operationIds(tuple.getValueNode()));
      }
    }
  }
}
