package io.driveline.api;

import io.driveline.runtime.settings.Settings;
import io.driveline.runtime.settings.WrongSettingException;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;

/**
 * What the api app is told from outside, checked. The rest of {@code driveline.api.*} stands as
 * placeholders in the routes.
 *
 * @param livemode the mode that a request means which does not say, {@code driveline.livemode},
 *     default true
 * @param keys the keys that open the API
 * @param grpcTimeout how long a call to the grpc app may take, {@code driveline.api.grpc-timeout},
 *     default 3 s: more than the grpc app gives its own stores
 * @param clickhouse where analytics is kept; null: this installation has no analytics
 */
public record ApiSettings(
    boolean livemode, Keys keys, Duration grpcTimeout, ClickHouse clickhouse) {

  private static final int MIN_KEY_LENGTH = 16;

  static ApiSettings from(Settings settings) {
    // Named by the routes alone; asked for here, so that a start without it ends with one line.
    String address = settings.text("driveline.grpc.address", "");
    if (!address.matches("[^\\s:/]+:\\d{1,5}")) {
      throw new WrongSettingException(
          Settings.variable("driveline.grpc.address")
              + (address.isEmpty() ? " is missing; give " : " must be of the form ")
              + "host:50051");
    }
    return new ApiSettings(
        settings.flag("driveline.livemode", true),
        Keys.from(settings),
        settings.duration("driveline.api.grpc-timeout", Duration.ofSeconds(3)),
        ClickHouse.from(settings));
  }

  /**
   * Keys by what they may do; each is at least 16 characters long.
   *
   * @param admin {@code driveline.api.keys.admin}: everything
   * @param write {@code driveline.api.keys.write}: change and read
   * @param read {@code driveline.api.keys.read}: read
   */
  public record Keys(List<String> admin, List<String> write, List<String> read) {

    private static Keys from(Settings settings) {
      Keys keys =
          new Keys(
              settings.list("driveline.api.keys.admin"),
              settings.list("driveline.api.keys.write"),
              settings.list("driveline.api.keys.read"));
      List<String> all = keys.all();
      if (all.isEmpty()) {
        throw new WrongSettingException(
            "DRIVELINE_API_KEYS_READ, DRIVELINE_API_KEYS_WRITE or DRIVELINE_API_KEYS_ADMIN is"
                + " missing; give at least one key, several separated by commas");
      }
      if (all.stream().anyMatch(key -> !key.matches("[!-~]{" + MIN_KEY_LENGTH + ",}"))) {
        throw new WrongSettingException(
            "DRIVELINE_API_KEYS_READ, DRIVELINE_API_KEYS_WRITE and DRIVELINE_API_KEYS_ADMIN: each"
                + " key must have at least "
                + MIN_KEY_LENGTH
                + " printable ASCII characters and no space");
      }
      if (all.stream().distinct().count() < all.size()) {
        throw new WrongSettingException(
            "DRIVELINE_API_KEYS_READ, DRIVELINE_API_KEYS_WRITE and DRIVELINE_API_KEYS_ADMIN: each"
                + " key may stand there once only");
      }
      return keys;
    }

    private List<String> all() {
      return Stream.of(admin, write, read).flatMap(List::stream).toList();
    }

    /** Does not show a key. */
    @Override
    public String toString() {
      return "Keys[" + all().size() + "]";
    }
  }

  /**
   * Where analytics is kept.
   *
   * @param url {@code driveline.clickhouse.url}, such as {@code http://clickhouse:8123}
   * @param username {@code driveline.clickhouse.username}
   * @param password {@code driveline.clickhouse.password}
   */
  public record ClickHouse(URI url, String username, String password) {

    private static ClickHouse from(Settings settings) {
      URI url = settings.optionalHttpUri("driveline.clickhouse.url", "http://host:8123");
      return url == null
          ? null
          : new ClickHouse(
              url,
              settings.text("driveline.clickhouse.username", "default"),
              settings.text("driveline.clickhouse.password", ""));
    }

    /** Does not show the password. */
    @Override
    public String toString() {
      return "ClickHouse[" + url.getHost() + "]";
    }
  }
}
