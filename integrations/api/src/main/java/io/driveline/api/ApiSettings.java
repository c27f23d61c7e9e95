package io.driveline.api;

import io.driveline.runtime.settings.Settings;
import java.net.URI;
import java.time.Duration;

/**
 * What the api app is told from outside, checked. The rest of {@code driveline.api.*} stands as
 * placeholders in the routes.
 *
 * @param livemode the mode that a request means which does not say, {@code driveline.livemode},
 *     default true
 * @param grpcTimeout how long a call to the grpc app may take, {@code driveline.api.grpc-timeout},
 *     default 3 s: more than the grpc app gives its own stores
 * @param replayRate how many events of a replay become due per second, {@code
 *     driveline.api.replay-rate}, default 100
 * @param clickhouse where analytics is kept; null: this installation has no analytics
 */
public record ApiSettings(
    boolean livemode, Duration grpcTimeout, int replayRate, ClickHouse clickhouse) {

  private static final int MAX_REPLAY_RATE = 100_000;

  static ApiSettings from(Settings settings) {
    // Named by the routes alone; asked for here, so that a start without it ends with one line.
    settings.hostAndPort("driveline.grpc.address", "host:50051");
    return new ApiSettings(
        settings.flag("driveline.livemode", true),
        settings.duration("driveline.api.grpc-timeout", Duration.ofSeconds(3)),
        settings.number("driveline.api.replay-rate", 100, 1, MAX_REPLAY_RATE),
        ClickHouse.from(settings));
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
