package io.driveline.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.driveline.runtime.settings.Settings;
import io.driveline.runtime.settings.WrongSettingException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.StandardEnvironment;

class SettingsTest {

  private static final Map<String, Object> ENOUGH = Map.of("driveline.grpc.address", "grpc:50051");

  private static ApiSettings read(String... changes) {
    Map<String, Object> values = new HashMap<>(ENOUGH);
    for (int i = 0; i < changes.length; i += 2) {
      values.put(changes[i], changes[i + 1]);
    }
    StandardEnvironment environment = new StandardEnvironment();
    environment.getPropertySources().addFirst(new MapPropertySource("test", values));
    return ApiSettings.from(new Settings(environment));
  }

  @Test
  void needsOnlyTheGrpcApp() {
    ApiSettings settings = read();

    assertThat(settings.livemode()).isTrue();
    assertThat(settings.grpcTimeout()).isEqualTo(Duration.ofSeconds(3));
    assertThat(settings.replayRate()).isEqualTo(100);
    assertThat(settings.clickhouse()).isNull();
  }

  @ParameterizedTest
  @CsvSource({
    "driveline.grpc.address, '', DRIVELINE_GRPC_ADDRESS",
    "driveline.grpc.address, http://zebra:50051, DRIVELINE_GRPC_ADDRESS",
    "driveline.grpc.address, zebra, DRIVELINE_GRPC_ADDRESS",
    "driveline.api.grpc-timeout, zebra, DRIVELINE_API_GRPC_TIMEOUT",
    "driveline.api.replay-rate, 0, DRIVELINE_API_REPLAY_RATE",
    "driveline.api.replay-rate, zebra, DRIVELINE_API_REPLAY_RATE",
    "driveline.livemode, zebra, DRIVELINE_LIVEMODE",
    "driveline.clickhouse.url, zebra:8123, DRIVELINE_CLICKHOUSE_URL",
  })
  void refusesAWrongValueInOneLineThatNamesTheVariable(String name, String value, String variable) {
    assertThatExceptionOfType(WrongSettingException.class)
        .isThrownBy(() -> read(name, value))
        .satisfies(
            wrong ->
                assertThat(wrong.getMessage()).contains(variable).doesNotContain("zebra", "\n"));
  }

  @Test
  void theAppDoesNotStartWithoutAKey() {
    assertThatThrownBy(
            () ->
                new ApiProcess(
                    Map.of(
                        "driveline.mongodb.uri", "mongodb://127.0.0.1:1",
                        "driveline.rabbitmq.uri", "amqp://127.0.0.1:1",
                        "driveline.grpc.address", "127.0.0.1:1",
                        "driveline.api.keys.read", "",
                        "driveline.api.keys.write", "",
                        "driveline.api.keys.admin", "")))
        .rootCause()
        .isInstanceOf(WrongSettingException.class)
        .hasMessageContaining("DRIVELINE_API_KEYS_ADMIN");
  }

  @Test
  void showsNoSecret() {
    assertThat(
            read(
                    "driveline.clickhouse.url",
                    "http://zebra:zebra@host:8123",
                    "driveline.clickhouse.password",
                    "zebra")
                .toString())
        .doesNotContain("zebra");
  }
}
