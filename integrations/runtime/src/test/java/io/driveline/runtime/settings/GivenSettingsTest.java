package io.driveline.runtime.settings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.StandardEnvironment;

class GivenSettingsTest {

  private static final Pattern NUMBER = Pattern.compile("\\{\\{(driveline\\.[a-z.-]+):\\d+}}");

  /** A record of settings checks these. */
  private static final Set<String> CHECKED_ELSEWHERE =
      Set.of("driveline.worker.max-attempts", "driveline.grpc.port");

  private static GivenSettings given(Map<String, Object> values) {
    StandardEnvironment environment = new StandardEnvironment();
    environment.getPropertySources().addFirst(new MapPropertySource("test", values));
    return new GivenSettings(environment);
  }

  @Test
  void nothingGivenIsNothingWrong() {
    assertThatCode(given(Map.of())::check).doesNotThrowAnyException();
  }

  @ParameterizedTest
  @CsvSource({
    "driveline.livemode, maybe, true or false",
    "driveline.worker.consumers, 0, a whole number from 1",
    "driveline.worker.prefetch, abc, a whole number from 1",
    "driveline.worker.sweep-period, 1s, a whole number from 1",
    "driveline.api.facts-prefetch, 65536, to 65535",
  })
  void refusesWhatARouteWouldChokeOn(String name, String value, String told) {
    assertThatThrownBy(given(Map.of(name, value))::check)
        .isInstanceOf(WrongSettingException.class)
        .hasMessageContaining(Settings.variable(name))
        .hasMessageContaining(told);
  }

  @Test
  void checksEveryNumberThatARouteReads() throws IOException {
    Set<String> numbers = new TreeSet<>();
    try (Stream<Path> files = Files.walk(Path.of("../../routes"))) {
      files
          .filter(file -> file.toString().endsWith(".camel.yaml"))
          .filter(file -> !file.toString().contains("/target/"))
          .forEach(
              file -> NUMBER.matcher(text(file)).results().forEach(m -> numbers.add(m.group(1))));
    }

    assertThat(numbers).hasSizeGreaterThan(10);
    assertThat(numbers)
        .allMatch(name -> GivenSettings.checksNumber(name) || CHECKED_ELSEWHERE.contains(name));
  }

  private static String text(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void namesTheSettingThatWasMeant() {
    assertThat(GivenSettings.unknown(List.of("DRIVELINE_MONGO_URI")))
        .singleElement()
        .asString()
        .startsWith("DRIVELINE_MONGO_URI is no setting")
        .endsWith("did you mean DRIVELINE_MONGODB_URI?");
  }

  @Test
  void namesNoneWhereNoneIsNear() {
    assertThat(GivenSettings.unknown(List.of("DRIVELINE_COLOUR_OF_THE_LOGO")))
        .singleElement()
        .asString()
        .contains("docs/settings.md");
  }

  @Test
  void knowsWhatIsGivenRightlyOrByOthers() {
    assertThat(
            GivenSettings.unknown(
                List.of(
                    "PATH",
                    "DRIVELINE_MONGODB_URI",
                    "DRIVELINE_WEBHOOK_SECRETS",
                    "DRIVELINE_WEBHOOK_SECRETS_EU_SHOP",
                    "DRIVELINE_API_KEY",
                    "DRIVELINE_GRPC_SERVICE_HOST",
                    "DRIVELINE_GRPC_SERVICE_PORT_HTTP",
                    "DRIVELINE_GRPC_PORT_50051_TCP_ADDR")))
        .isEmpty();
  }
}
