package io.driveline.webhook;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.driveline.runtime.settings.Settings;
import io.driveline.runtime.settings.WrongSettingException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.env.SystemEnvironmentPropertySource;

class WebhookSettingsTest {

  private static WebhookSettings read(Map<String, Object> variables) {
    StandardEnvironment environment = new StandardEnvironment();
    environment
        .getPropertySources()
        .replace(
            StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME,
            new SystemEnvironmentPropertySource(
                StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME, variables));
    return WebhookSettings.from(new Settings(environment));
  }

  @Test
  void readsOneVariableForEachEndpoint() {
    WebhookSettings settings =
        read(
            Map.of(
                "DRIVELINE_WEBHOOK_SECRETS", "whsec_a, whsec_b",
                "DRIVELINE_WEBHOOK_SECRETS_CONNECT", "whsec_c",
                "DRIVELINE_WEBHOOK_SECRETS_EU_SHOP", "whsec_d,whsec_e",
                "DRIVELINE_WEBHOOK_TEST_ENDPOINTS", "eu-shop"));

    assertThat(settings.endpoints())
        .containsExactlyInAnyOrder(
            new Endpoint("default", List.of("whsec_a", "whsec_b"), true),
            new Endpoint("connect", List.of("whsec_c"), true),
            new Endpoint("eu-shop", List.of("whsec_d", "whsec_e"), false));
  }

  @Test
  void needsNoEndpointOfTheNameDefault() {
    assertThat(read(Map.of("DRIVELINE_WEBHOOK_SECRETS_CONNECT", "whsec_c")).endpoints())
        .containsExactly(new Endpoint("connect", List.of("whsec_c"), true));
  }

  @Test
  void takesNoEndpointForLiveInATestInstallation() {
    assertThat(
            read(Map.of("DRIVELINE_WEBHOOK_SECRETS", "whsec_a", "DRIVELINE_LIVEMODE", "false"))
                .endpoints())
        .containsExactly(new Endpoint("default", List.of("whsec_a"), false));
  }

  @ParameterizedTest
  @CsvSource({
    "DRIVELINE_OTHER, x, DRIVELINE_WEBHOOK_SECRETS is missing",
    "DRIVELINE_WEBHOOK_SECRETS, ' , ', DRIVELINE_WEBHOOK_SECRETS is missing",
    "DRIVELINE_WEBHOOK_SECRETS, sk_live_abc, DRIVELINE_WEBHOOK_SECRETS must hold",
    "DRIVELINE_WEBHOOK_SECRETS, whsec_, DRIVELINE_WEBHOOK_SECRETS must hold",
    "DRIVELINE_WEBHOOK_SECRETS_EU_SHOP, abc, DRIVELINE_WEBHOOK_SECRETS_EU_SHOP must hold"
  })
  void tellsAWrongSecretByItsVariableAndNeverShowsIt(String variable, String value, String told) {
    assertThatThrownBy(() -> read(Map.of(variable, value)))
        .isInstanceOf(WrongSettingException.class)
        .hasMessageStartingWith(told)
        .hasMessageNotContaining("abc");
  }

  @ParameterizedTest
  @CsvSource({
    "DRIVELINE_WEBHOOK_MAX_BODY, much",
    "DRIVELINE_WEBHOOK_BODY_TIMEOUT, 0s",
    "DRIVELINE_WEBHOOK_MEMORY, 1MB",
    "DRIVELINE_WEBHOOK_TOLERANCE, -1s",
    "DRIVELINE_WEBHOOK_TEST_ENDPOINTS, nobody"
  })
  void tellsAWrongValueByItsVariable(String variable, String value) {
    assertThatThrownBy(() -> read(Map.of("DRIVELINE_WEBHOOK_SECRETS", "whsec_a", variable, value)))
        .isInstanceOf(WrongSettingException.class)
        .hasMessageStartingWith(variable);
  }

  @Test
  void neverShowsASecretAsText() {
    assertThat(read(Map.of("DRIVELINE_WEBHOOK_SECRETS", "whsec_secret")).toString())
        .doesNotContain("whsec_secret");
  }
}
