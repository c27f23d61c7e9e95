package io.driveline.sandbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class UpOptionsTest {

  @Test
  void withoutAnythingTheSamplePlaysOnEmbeddedStoresThatKeepNothing() throws Exception {
    assertThat(UpOptions.read(List.of(), Map.of()))
        .isEqualTo(new UpOptions(true, null, null, 0, null, null, null, null, null));
  }

  @Test
  void readsEveryOption() throws Exception {
    UpOptions options =
        UpOptions.read(
            List.of("--no-sample", "--data", "/d", "--routes", "/r", "--port-offset", "100"),
            Map.of());

    assertThat(options.sample()).isFalse();
    assertThat(options.data()).isEqualTo(Path.of("/d"));
    assertThat(options.routes()).isEqualTo(Path.of("/r"));
    assertThat(options.portOffset()).isEqualTo(100);
  }

  @Test
  void theEnvironmentNamesOtherStoresAndTheUsersOwnRoutesAndSecrets() throws Exception {
    UpOptions options =
        UpOptions.read(
            List.of("--routes", "/r"),
            Map.of(
                "DRIVELINE_MONGODB_URI", "mongodb://m",
                "DRIVELINE_REDIS_URI", " ",
                "DRIVELINE_ROUTES", "/mine",
                "DRIVELINE_WEBHOOK_SECRETS", "whsec_listen"));

    assertThat(options.mongodbUri()).isEqualTo("mongodb://m");
    assertThat(options.redisUri()).isNull();
    assertThat(options.routes()).isEqualTo(Path.of("/mine"));
    assertThat(options.webhookSecrets()).isEqualTo("whsec_listen");
  }

  @ParameterizedTest
  @CsvSource({
    "--sample, no option --sample",
    "--data, --data needs a value",
    "--port-offset x, must be a number from 0",
    "--port-offset -1, must be a number from 0",
  })
  void saysWhatIsWrongWithAnOption(String line, String told) {
    assertThatThrownBy(() -> UpOptions.read(List.of(line.split(" ")), Map.of()))
        .isInstanceOf(UsageException.class)
        .hasMessageContaining(told);
  }

  @Test
  void namesAllPortsThatAreTaken() throws Exception {
    try (ServerSocket one = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        ServerSocket other = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      Ports ports = new Ports(one.getLocalPort(), other.getLocalPort(), 0, 0, 0, 0, 0);

      assertThatThrownBy(ports::check)
          .hasMessageContaining(
              "ports " + one.getLocalPort() + ", " + other.getLocalPort() + " are taken");
    }
  }

  @Test
  void saysBeforeAnythingIsStartedThatAFolderCannotBeWrittenTo() {
    UpOptions options =
        new UpOptions(false, Path.of("/proc/x"), null, 0, null, null, null, null, null);

    assertThatThrownBy(() -> Stores.start(options, new Progress(System.out)))
        .isInstanceOf(StartException.class)
        .hasMessageContaining("--data /proc/x cannot be made")
        .hasMessageContaining("give a folder of your own");
  }

  @Test
  void namesThePortThatIsTaken() throws Exception {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      Ports ports = new Ports(0, taken.getLocalPort(), 0, 0, 0, 0, 0);

      assertThatThrownBy(ports::check)
          .isInstanceOf(StartException.class)
          .hasMessageContaining("port " + taken.getLocalPort() + " is taken");
    }
  }
}
