package io.driveline.runtime.settings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.mock.env.MockEnvironment;

class SettingsTest {

  private static final String ADDRESS = "driveline.grpc.address";
  private static final String EXAMPLE = "host:50051";

  private static Settings given(String address) {
    return new Settings(new MockEnvironment().withProperty(ADDRESS, address));
  }

  @Test
  void takesAHostAndAPort() {
    assertThat(given("grpc.driveline:50051").hostAndPort(ADDRESS, EXAMPLE))
        .isEqualTo("grpc.driveline:50051");
  }

  @ParameterizedTest
  @CsvSource({
    "'', is missing; give host:50051",
    "localhost, must be of the form host:50051",
    "localhost:70000, must be of the form host:50051",
    "localhost:123456, must be of the form host:50051",
    "http://localhost:50051, must be of the form host:50051",
    ":50051, must be of the form host:50051",
  })
  void refusesWhatIsNoHostAndPort(String address, String told) {
    assertThatThrownBy(() -> given(address).hostAndPort(ADDRESS, EXAMPLE))
        .isInstanceOf(WrongSettingException.class)
        .hasMessage("DRIVELINE_GRPC_ADDRESS " + told);
  }
}
