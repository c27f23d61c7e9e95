package io.driveline.grpc;

import io.driveline.runtime.settings.Settings;
import java.time.Duration;

/**
 * What this app is told, checked. The rest of {@code driveline.grpc.*} (address, limits) stands as
 * placeholders in the routes.
 *
 * @param redisUri {@code driveline.redis.uri}, required
 * @param livemode {@code driveline.livemode}, default true: the mode of a query that names none
 * @param port {@code driveline.grpc.port}, default 50051, 1 to 65535
 * @param drain {@code driveline.grpc.drain}, default 20 s: what a stop gives the calls in flight
 * @param cacheTtl {@code driveline.grpc.cache-ttl}, default 5 min
 */
record GrpcSettings(
    String redisUri, boolean livemode, int port, Duration drain, Duration cacheTtl) {

  static GrpcSettings from(Settings settings) {
    return new GrpcSettings(
        settings.uri("driveline.redis.uri", "redis://user:password@host:6379", "redis", "rediss"),
        settings.flag("driveline.livemode", true),
        settings.number("driveline.grpc.port", 50051, 1, 65535),
        settings.duration("driveline.grpc.drain", Duration.ofSeconds(20)),
        settings.duration("driveline.grpc.cache-ttl", Duration.ofMinutes(5)));
  }

  /** Without the URI: it may hold a password. */
  @Override
  public String toString() {
    return "GrpcSettings[port=" + port + "]";
  }
}
