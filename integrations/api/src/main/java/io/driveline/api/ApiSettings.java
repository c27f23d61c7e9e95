package io.driveline.api;

import java.net.URI;
import java.time.Duration;
import java.util.List;

/**
 * What the api app is told from outside.
 *
 * @param mongodbUri the ledger and the mirror, {@code driveline.mongodb.uri}
 * @param livemode the mode that a request means which does not say, {@code driveline.livemode}
 * @param keys the keys that open the API
 * @param grpcDeadline how long a call to the grpc app may take, {@code driveline.api.grpc-deadline}
 * @param clickhouse where analytics is kept; null: this installation has no analytics
 */
public record ApiSettings(
    String mongodbUri, boolean livemode, Keys keys, Duration grpcDeadline, ClickHouse clickhouse) {

  /**
   * Keys by what they may do; each is at least 16 characters long.
   *
   * @param admin {@code driveline.api.keys.admin}: everything
   * @param write {@code driveline.api.keys.write}: change and read
   * @param read {@code driveline.api.keys.read}: read
   */
  public record Keys(List<String> admin, List<String> write, List<String> read) {

    /** Does not show a key. */
    @Override
    public String toString() {
      return "Keys[" + (admin.size() + write.size() + read.size()) + "]";
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

    /** Does not show the password. */
    @Override
    public String toString() {
      return "ClickHouse[" + url + "]";
    }
  }

  /** Does not show the login that the MongoDB URI may hold. */
  @Override
  public String toString() {
    return "ApiSettings[livemode=" + livemode + ", " + keys + ", " + clickhouse + "]";
  }
}
