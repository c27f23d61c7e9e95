package io.driveline.system;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

/**
 * One Kubernetes object, as it stands in its file.
 *
 * @param file where it stands
 * @param tree all of it
 */
public record Manifest(Path file, JsonNode tree) {

  public static final Path KUBERNETES = Checkout.ROOT.resolve("kubernetes");

  private static final ObjectMapper JSON = new ObjectMapper();

  /** What a quantity's suffix multiplies with; none is 1. */
  private static final Map<String, BigDecimal> UNITS =
      Map.of(
          "m", new BigDecimal("0.001"),
          "Mi", BigDecimal.valueOf(1L << 20),
          "Gi", BigDecimal.valueOf(1L << 30));

  /** All objects of a folder and those below it; not what kustomize alone reads. */
  public static List<Manifest> below(Path folder) {
    List<Manifest> found = new ArrayList<>();
    for (Path file : files(folder, ".yaml")) {
      for (Object document : documents(file)) {
        JsonNode tree = JSON.valueToTree(document);
        // A kustomization, or a file of a store's own, such as ClickHouse's.
        if (tree.has("kind") && !tree.path("apiVersion").asText().startsWith("kustomize")) {
          found.add(new Manifest(file, tree));
        }
      }
    }
    return found;
  }

  private static Iterable<Object> documents(Path file) {
    LoaderOptions strict = new LoaderOptions();
    strict.setAllowDuplicateKeys(false);
    return new Yaml(new SafeConstructor(strict)).loadAll(text(file));
  }

  /** The one document of a kustomization. */
  static JsonNode kustomization(Path folder) {
    return JSON.valueToTree(documents(folder.resolve("kustomization.yaml")).iterator().next());
  }

  static List<Path> files(Path folder, String suffix) {
    try (Stream<Path> all = Files.walk(folder)) {
      return all.filter(Files::isRegularFile)
          .filter(file -> file.toString().endsWith(suffix))
          // Made by secrets.sh, and ignored by git.
          .filter(file -> !file.getParent().endsWith("overlays/local/secrets"))
          .sorted(Comparator.naturalOrder())
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static String text(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Cores, bytes or a count: {@code 300m}, {@code 512Mi}, {@code 59}. */
  public static BigDecimal quantity(String text) {
    int digits = 0;
    while (digits < text.length() && Character.isDigit(text.charAt(digits))) {
      digits++;
    }
    String unit = text.substring(digits);
    BigDecimal number = new BigDecimal(text.substring(0, digits));
    return (unit.isEmpty() ? number : number.multiply(UNITS.get(unit))).stripTrailingZeros();
  }

  public String kind() {
    return text("/kind");
  }

  public String name() {
    return text("/metadata/name");
  }

  /** What stands at a JSON pointer; {@code isMissingNode()} where nothing does. */
  public JsonNode at(String pointer) {
    return tree.at(pointer);
  }

  public String text(String pointer) {
    return tree.at(pointer).asText();
  }

  /** The items of a list; none where there is no list. */
  public static List<JsonNode> items(JsonNode list) {
    return StreamSupport.stream(list.spliterator(), false).toList();
  }

  public static List<String> texts(JsonNode list) {
    return items(list).stream().map(JsonNode::asText).toList();
  }

  @Override
  public String toString() {
    return KUBERNETES.relativize(file) + " " + kind() + " " + name();
  }
}
