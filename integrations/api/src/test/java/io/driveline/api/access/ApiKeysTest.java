package io.driveline.api.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.driveline.runtime.settings.Settings;
import io.driveline.runtime.settings.WrongSettingException;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.StandardEnvironment;

class ApiKeysTest {

  private static ApiKeys read(String read, String write, String admin) {
    StandardEnvironment environment = new StandardEnvironment();
    environment
        .getPropertySources()
        .addFirst(
            new MapPropertySource(
                "test",
                Map.of(
                    "driveline.api.keys.read", read,
                    "driveline.api.keys.write", write,
                    "driveline.api.keys.admin", admin)));
    return ApiKeys.from(new Settings(environment));
  }

  @Test
  void knowsSeveralKeysOfEachScopeAndNoOther() {
    ApiKeys keys = read("0123456789abcdef, 0123456789abcdeg", "", "dk_sandbox_admin");

    assertThat(keys.callerOf("0123456789abcdef")).hasValue(new Caller(Scope.READ, 1));
    assertThat(keys.callerOf("0123456789abcdeg")).hasValue(new Caller(Scope.READ, 2));
    assertThat(keys.callerOf("dk_sandbox_admin")).hasValue(new Caller(Scope.ADMIN, 1));
    assertThat(keys.callerOf("0123456789abcdeh")).isEmpty();
    assertThat(keys.callerOf("0123456789abcdef,0123456789abcdeg")).isEmpty();
    assertThat(keys.callerOf("")).isEmpty();
  }

  @Test
  void namesAKeyByItsScopeAndItsPlace() {
    assertThat(new Caller(Scope.WRITE, 2).name()).isEqualTo("write#2");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "'' | '' | '' | DRIVELINE_API_KEYS_READ, DRIVELINE_API_KEYS_WRITE and | missing",
        "zebra-short | '' | '' | DRIVELINE_API_KEYS_READ: | 16",
        "'' | zebra with some spaces | '' | DRIVELINE_API_KEYS_WRITE: | 16",
        "'' | '' | zebra-short | DRIVELINE_API_KEYS_ADMIN: | 16",
        "zebra-zebra-zebra | '' | zebra-zebra-zebra | DRIVELINE_API_KEYS_ADMIN: | once",
        "'' | '' | zebra-zebra-zebra,zebra-zebra-zebra | DRIVELINE_API_KEYS_ADMIN: | once",
      })
  void refusesToStartWithoutProperKeysInOneLineThatNamesTheVariable(
      String read, String write, String admin, String variable, String why) {
    assertThatExceptionOfType(WrongSettingException.class)
        .isThrownBy(() -> read(read, write, admin))
        .satisfies(
            wrong ->
                assertThat(wrong.getMessage())
                    .startsWith(variable)
                    .contains(why)
                    .doesNotContain("zebra", "\n"));
  }
}
