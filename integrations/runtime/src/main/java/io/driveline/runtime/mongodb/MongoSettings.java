package io.driveline.runtime.mongodb;

import io.driveline.runtime.settings.Settings;
import java.time.Duration;

/**
 * How to reach MongoDB: {@code driveline.mongodb.*}.
 *
 * @param uri {@code driveline.mongodb.uri}, required: {@code mongodb://user:password@host:27017}
 * @param timeout {@code driveline.mongodb.timeout}: how long one operation may take in all, with
 *     looking for a server and its repetitions; each app has a default of its own
 */
record MongoSettings(String uri, Duration timeout) {

  private static final Duration TIMEOUT = Duration.ofSeconds(5);

  static MongoSettings from(Settings settings) {
    return new MongoSettings(
        settings.uri(
            "driveline.mongodb.uri",
            "mongodb://user:password@host:27017",
            "mongodb",
            "mongodb+srv"),
        settings.duration("driveline.mongodb.timeout", TIMEOUT));
  }

  /** Without the URI: it may hold a password. */
  @Override
  public String toString() {
    return "MongoSettings[timeout=" + timeout + "]";
  }
}
