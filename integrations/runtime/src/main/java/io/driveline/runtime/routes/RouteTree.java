package io.driveline.runtime.routes;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.api.lowlevel.Parse;
import org.snakeyaml.engine.v2.comments.CommentType;
import org.snakeyaml.engine.v2.events.CommentEvent;
import org.snakeyaml.engine.v2.events.Event;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;
import org.snakeyaml.engine.v2.nodes.Tag;

/** The YAML of one route file, in which every node knows its line. */
final class RouteTree {

  private final Node root;

  private RouteTree(Node root) {
    this.root = root;
  }

  /** Parses a file; null, and a finding, if it is no YAML. */
  static RouteTree parse(RouteFile file, List<Finding> findings) {
    try {
      LoadSettings settings = LoadSettings.builder().setLabel(file.shown()).build();
      return new RouteTree(new Compose(settings).composeString(file.text()).orElse(null));
    } catch (MarkedYamlEngineException e) {
      int line = e.getProblemMark().or(e::getContextMark).map(mark -> mark.getLine() + 1).orElse(1);
      findings.add(new Finding(file.shown(), line, "is not YAML: " + e.getProblem()));
    } catch (YamlEngineException e) {
      findings.add(new Finding(file.shown(), 1, "is not YAML: " + firstLine(e.getMessage())));
    }
    return null;
  }

  /** The lines with a comment. */
  static List<Integer> comments(RouteFile file) {
    List<Integer> lines = new ArrayList<>();
    LoadSettings settings = LoadSettings.builder().setParseComments(true).build();
    for (Event event : new Parse(settings).parseString(file.text())) {
      if (event instanceof CommentEvent comment
          && comment.getCommentType() != CommentType.BLANK_LINE) {
        lines.add(comment.getStartMark().map(mark -> mark.getLine() + 1).orElse(1));
      }
    }
    return lines;
  }

  /** Null for an empty file. */
  Node root() {
    return root;
  }

  /**
   * The line of the node that a schema's error is about.
   *
   * @param key of it, that is one too many or wrong; null if all of it is meant
   */
  int line(Iterable<Object> path, String key) {
    Node node = root;
    for (Object step : path) {
      Node next =
          switch (node) {
            case MappingNode mapping -> value(mapping, step.toString());
            case SequenceNode sequence when step instanceof Integer index ->
                sequence.getValue().get(index);
            default -> null;
          };
      if (next == null) {
        break;
      }
      node = next;
    }
    if (key != null && node instanceof MappingNode mapping) {
      for (NodeTuple tuple : mapping.getValue()) {
        if (key.equals(text(tuple.getKeyNode()))) {
          return line(tuple.getKeyNode());
        }
      }
    }
    return line(node);
  }

  static int line(Node node) {
    return node.getStartMark().map(mark -> mark.getLine() + 1).orElse(1);
  }

  /** A key's value; null where the mapping has no such key. */
  static Node value(MappingNode mapping, String key) {
    for (NodeTuple tuple : mapping.getValue()) {
      if (key.equals(text(tuple.getKeyNode()))) {
        return tuple.getValueNode();
      }
    }
    return null;
  }

  /** A key's text; null where there is none. */
  static String text(MappingNode mapping, String key) {
    return text(value(mapping, key));
  }

  /** A scalar's text; null for anything else. */
  static String text(Node node) {
    return node instanceof ScalarNode scalar ? scalar.getValue() : null;
  }

  JsonNode json() {
    return json(root);
  }

  private static JsonNode json(Node node) {
    JsonNodeFactory factory = JsonNodeFactory.instance;
    return switch (node) {
      case MappingNode mapping -> {
        ObjectNode object = factory.objectNode();
        mapping
            .getValue()
            .forEach(tuple -> object.set(text(tuple.getKeyNode()), json(tuple.getValueNode())));
        yield object;
      }
      case SequenceNode sequence -> {
        ArrayNode array = factory.arrayNode();
        sequence.getValue().forEach(item -> array.add(json(item)));
        yield array;
      }
      case ScalarNode scalar -> scalar(factory, scalar);
      default -> factory.nullNode();
    };
  }

  private static JsonNode scalar(JsonNodeFactory factory, ScalarNode scalar) {
    String value = scalar.getValue();
    Tag tag = scalar.getTag();
    if (tag.equals(Tag.BOOL)) {
      return factory.booleanNode(Boolean.parseBoolean(value));
    }
    if (tag.equals(Tag.INT)) {
      return factory.numberNode(new BigInteger(value));
    }
    if (tag.equals(Tag.FLOAT) && !value.startsWith(".") && !value.startsWith("-.")) {
      return factory.numberNode(new BigDecimal(value));
    }
    return tag.equals(Tag.NULL) ? factory.nullNode() : factory.textNode(value);
  }

  static String firstLine(String text) {
    return text == null ? "" : text.lines().findFirst().orElse("").strip();
  }
}
