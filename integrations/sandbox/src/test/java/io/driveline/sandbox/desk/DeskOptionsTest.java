package io.driveline.sandbox.desk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URI;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DeskOptionsTest {

  private static final String SANDBOX_KEY = "dk_sandbox_admin";

  private static DeskOptions read(String line, Map<String, String> environment)
      throws DeskException {
    List<String> words = List.of(line.split(" "));
    return DeskOptions.read(
        words.getFirst(), words.subList(1, words.size()), environment, SANDBOX_KEY);
  }

  @Test
  void withoutAnythingEventsAsksTheSandbox() throws Exception {
    assertThat(read("events", Map.of()))
        .isEqualTo(
            new DeskOptions(
                "events",
                URI.create("http://127.0.0.1:3001"),
                SANDBOX_KEY,
                null,
                Map.of(),
                20,
                false,
                false,
                false));
  }

  @Test
  void readsEveryFilterAndOption() throws Exception {
    DeskOptions options =
        read(
            "replay --state parked --type invoice.* --object o --customer c --account a"
                + " --livemode true --reason r --from 1 --to 2 --replay n --dry-run --yes"
                + " --url https://driveline.example.com/api/v1/ --key k",
            Map.of("DRIVELINE_API_KEY", "other"));

    assertThat(options.api()).isEqualTo(URI.create("https://driveline.example.com"));
    assertThat(options.key()).isEqualTo("k");
    assertThat(options.filter())
        .isEqualTo(
            Map.of(
                "state", "parked",
                "type", "invoice.*",
                "object", "o",
                "customer", "c",
                "account", "a",
                "livemode", "true",
                "reason", "r",
                "from", "1",
                "to", "2",
                "replay", "n"));
    assertThat(options.dryRun()).isTrue();
    assertThat(options.yes()).isTrue();
    assertThat(read("replay evt_1", Map.of()).id()).isEqualTo("evt_1");
    assertThat(read("events --limit 7", Map.of()).limit()).isEqualTo(7);
  }

  @Test
  void takesTheKeyFromTheEnvironmentAndShowsItNowhere() throws Exception {
    DeskOptions options =
        read(
            "events --url https://driveline.example.com",
            Map.of("DRIVELINE_API_KEY", " dk_secret_of_mine "));

    assertThat(options.key()).isEqualTo("dk_secret_of_mine");
    assertThat(options.toString()).doesNotContain("secret");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "https://driveline.example.com",
        "http://10.0.0.1:3001",
        "http://127.0.0.1.evil.example"
      })
  void givesTheSandboxsKeyToNobodyElse(String url) {
    assertThatThrownBy(() -> read("events --url " + url, Map.of()))
        .isInstanceOf(DeskException.class)
        .hasMessageContaining("DRIVELINE_API_KEY");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "events evt_1 | options alone",
        "events --all | no option --all",
        "events --state | needs a value",
        "events --limit 0 | from 1 to 10000",
        "events --limit x | from 1 to 10000",
        "events --url zebra | must be an address",
        "events --url ftp://x | must be an address",
        "events --url http://user@x | must be an address",
        "replay | needs one of",
        "replay --yes | needs one of",
        "replay evt_1 evt_2 | one event id",
        "replay evt_1 --all | no more than one of",
        "replay evt_1 --state parked | no more than one of",
        "replay --state parked --all | no more than one of",
        "replay not/an/id | no event id",
        "replay --limit 5 --all | no option --limit",
        "replay --zebra | no option --zebra",
      })
  void saysWhatIsWrong(String line, String told) {
    assertThatThrownBy(() -> read(line, Map.of()))
        .isInstanceOfSatisfying(
            DeskException.class, wrong -> assertThat(wrong.exitCode()).isEqualTo(2))
        .hasMessageContaining(told);
  }
}
