package io.driveline.grpc;

import java.time.Duration;
import org.springframework.boot.convert.DurationStyle;
import org.springframework.core.env.Environment;

/**
 * What this app is told, checked. The rest of {@code driveline.grpc.*} (address, limits) stands as
 * placeholders in the routes.
 *
 * @param mongodbUri {@code driveline.mongodb.uri}, required
 * @param redisUri {@code driveline.redis.uri}, required
 * @param livemode {@code driveline.livemode}, default true: the mode of a query that names none
 * @param port {@code driveline.grpc.port}, default 50051, 1 to 65535
 * @param drain {@code driveline.grpc.drain}, default 20 s: what a stop gives the calls in flight
 * @param cacheTtl {@code driveline.grpc.cache-ttl}, default 5 min
 * @param mongodbTimeout {@code driveline.grpc.mongodb-timeout}, default 2 s: for one query in all
 */
record GrpcSettings(
    String mongodbUri,
    String redisUri,
    boolean livemode,
    int port,
    Duration drain,
    Duration cacheTtl,
    Duration mongodbTimeout) {

  /**
   * @throws IllegalArgumentException one line that names the variable, if one is missing or wrong
   */
  static GrpcSettings from(Environment environment) {
    return new GrpcSettings(
        uri(environment, "driveline.mongodb.uri", "mongodb://", "mongodb+srv://"),
        uri(environment, "driveline.redis.uri", "redis://", "rediss://"),
        flag(environment, "driveline.livemode", true),
        port(environment, "driveline.grpc.port", 50051),
        duration(environment, "driveline.grpc.drain", "20s"),
        duration(environment, "driveline.grpc.cache-ttl", "5m"),
        duration(environment, "driveline.grpc.mongodb-timeout", "2s"));
  }

  private static String uri(Environment environment, String key, String scheme, String other) {
    String value = environment.getProperty(key, "").strip();
    if (!value.startsWith(scheme) && !value.startsWith(other)) {
      // The value may hold a password, so it is not shown.
      throw new IllegalArgumentException(
          variable(key)
              + (value.isEmpty() ? " is missing" : " is wrong")
              + ": a URI that begins with "
              + scheme
              + " or "
              + other);
    }
    return value;
  }

  private static boolean flag(Environment environment, String key, boolean standard) {
    String value = environment.getProperty(key, Boolean.toString(standard)).strip();
    return switch (value) {
      case "true" -> true;
      case "false" -> false;
      default -> throw wrong(key, value, "true or false");
    };
  }

  private static int port(Environment environment, String key, int standard) {
    String value = environment.getProperty(key, Integer.toString(standard)).strip();
    try {
      int port = Integer.parseInt(value);
      if (port >= 1 && port <= 65535) {
        return port;
      }
    } catch (NumberFormatException e) {
      // Said below.
    }
    throw wrong(key, value, "a port, 1 to 65535");
  }

  private static Duration duration(Environment environment, String key, String standard) {
    String value = environment.getProperty(key, standard).strip();
    try {
      Duration duration = DurationStyle.detectAndParse(value);
      if (duration.isPositive()) {
        return duration;
      }
    } catch (IllegalArgumentException e) {
      // Said below.
    }
    throw wrong(key, value, "a time above zero, such as 500ms, 20s or 5m");
  }

  private static IllegalArgumentException wrong(String key, String value, String wanted) {
    return new IllegalArgumentException(
        variable(key) + " is \"" + value + "\", and must be " + wanted);
  }

  private static String variable(String key) {
    return key.toUpperCase(java.util.Locale.ROOT).replace('.', '_').replace("-", "");
  }
}
