package io.driveline.system;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What a user of the local overlay has in the cluster besides the apps: the settings, and the
 * Secrets that {@code secrets.sh} makes. Read from the files as kustomize reads them.
 *
 * @param settings by the ConfigMap's name
 * @param secrets by the Secret's name
 */
record LocalSettings(
    Map<String, Map<String, String>> settings, Map<String, Map<String, String>> secrets) {

  private static final Path FOLDER = Manifest.KUBERNETES.resolve("overlays/local");
  private static final String SCRIPT = "secrets.sh";

  /**
   * Makes the Secrets.
   *
   * @param folder where to, so that those of the checkout's user stay as they are
   */
  static LocalSettings generate(Path folder) throws IOException, InterruptedException {
    Files.copy(FOLDER.resolve(SCRIPT), folder.resolve(SCRIPT));
    Process script =
        new ProcessBuilder("bash", folder.resolve(SCRIPT).toString()).inheritIO().start();
    if (script.waitFor() != 0) {
      throw new IOException(SCRIPT + " ended with " + script.exitValue());
    }
    Path base = Manifest.KUBERNETES.resolve("base/namespace");
    JsonNode overlay = Manifest.kustomization(FOLDER);
    Map<String, Map<String, String>> settings =
        generated(Manifest.kustomization(base).get("configMapGenerator"), base);
    // Those of the overlay are merged into the base's.
    generated(overlay.get("configMapGenerator"), FOLDER)
        .forEach((name, values) -> settings.get(name).putAll(values));
    return new LocalSettings(settings, generated(overlay.get("secretGenerator"), folder));
  }

  private static Map<String, Map<String, String>> generated(JsonNode generators, Path folder) {
    Map<String, Map<String, String>> generated = new HashMap<>();
    for (JsonNode generator : generators) {
      Map<String, String> values = new HashMap<>();
      Manifest.texts(generator.path("envs"))
          .forEach(file -> put(values, Manifest.text(folder.resolve(file)).lines().toList()));
      put(values, Manifest.texts(generator.path("literals")));
      generated.put(generator.get("name").asText(), values);
    }
    return generated;
  }

  private static void put(Map<String, String> values, List<String> lines) {
    for (String line : lines) {
      int equals = line.indexOf('=');
      values.put(line.substring(0, equals), line.substring(equals + 1));
    }
  }
}
