package io.driveline.system;

import static org.assertj.core.api.Assertions.assertThat;

import io.driveline.runtime.routes.Finding;
import io.driveline.runtime.routes.RouteFile;
import io.driveline.runtime.routes.RouteRules;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every file of {@code routes/} keeps the rules. That each rule can fail is shown in the runtime
 * module, by RouteRulesTest; that the files load, by the tests of the apps.
 */
class RouteFilesTest {

  /** Maven runs the tests in this module's folder. */
  private static final Path ROUTES = Path.of("../../routes");

  private final RouteRules rules = new RouteRules();

  static List<String> apps() throws IOException {
    try (Stream<Path> found = Files.list(ROUTES)) {
      return found
          .filter(Files::isDirectory)
          .map(folder -> folder.getFileName().toString())
          .filter(name -> !name.equals("target"))
          .sorted()
          .toList();
    }
  }

  private static List<RouteFile> files(String app) throws IOException {
    List<RouteFile> files = new ArrayList<>();
    try (Stream<Path> found = Files.list(ROUTES.resolve(app))) {
      for (Path file : found.sorted().toList()) {
        String name = file.getFileName().toString();
        files.add(new RouteFile(name, "routes/" + app + "/" + name, Files.readString(file)));
      }
    }
    return files;
  }

  @ParameterizedTest
  @MethodSource("apps")
  void keepsTheRules(String app) throws IOException {
    assertThat(rules.check(files(app))).isEmpty();
  }

  @ParameterizedTest
  @MethodSource("apps")
  void isOnTheClassPathAsItStandsInTheFolder(String app) throws IOException {
    for (RouteFile file : files(app)) {
      try (InputStream shipped =
          getClass().getResourceAsStream("/routes/" + app + "/" + file.name())) {
        assertThat(shipped).as(file.shown()).isNotNull();
        assertThat(new String(shipped.readAllBytes(), StandardCharsets.UTF_8))
            .as(file.shown())
            .isEqualTo(file.text());
      }
    }
  }

  @Test
  void aFileThatBreaksARuleIsFoundAmongTheOthers() throws IOException {
    List<RouteFile> files = new ArrayList<>(files("worker"));
    files.replaceAll(
        file ->
            file.name().equals("apply-event.camel.yaml")
                ? new RouteFile(
                    file.name(),
                    file.shown(),
                    file.text().replace("name: apply-event", "name: apply-events"))
                : file);
    assertThat(rules.check(files))
        .extracting(Finding::file, Finding::text)
        .contains(
            org.assertj.core.groups.Tuple.tuple(
                "routes/worker/receive-events.camel.yaml", "no route serves direct:apply-event"));
  }
}
