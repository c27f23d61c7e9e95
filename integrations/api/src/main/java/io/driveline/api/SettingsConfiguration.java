package io.driveline.api;

import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.springframework.boot.context.properties.bind.BindException;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.Environment;

/** Reads {@link ApiSettings}; a setting that is missing or wrong stops the start with its name. */
@Configuration(proxyBeanMethods = false)
class SettingsConfiguration {

  private static final int MIN_KEY_LENGTH = 16;

  @Bean
  ApiSettings apiSettings(Environment environment) {
    Settings settings = new Settings(Binder.get(environment));
    return new ApiSettings(
        settings.required("driveline.mongodb.uri", "such as mongodb://host:27017"),
        settings.read("driveline.livemode", Boolean.class, true),
        keys(settings),
        settings.read("driveline.api.grpc-deadline", Duration.class, Duration.ofSeconds(3)),
        clickhouse(settings));
  }

  @Bean
  Clock apiClock() {
    return Clock.systemUTC();
  }

  private static ApiSettings.Keys keys(Settings settings) {
    List<String> admin = settings.list("driveline.api.keys.admin");
    List<String> write = settings.list("driveline.api.keys.write");
    List<String> read = settings.list("driveline.api.keys.read");
    List<String> all = Stream.of(admin, write, read).flatMap(List::stream).toList();
    if (all.isEmpty()) {
      throw new IllegalStateException(
          "No API key is set: set DRIVELINE_API_KEYS_READ, DRIVELINE_API_KEYS_WRITE or"
              + " DRIVELINE_API_KEYS_ADMIN (comma separated)");
    }
    if (all.stream().anyMatch(key -> key.length() < MIN_KEY_LENGTH)) {
      throw new IllegalStateException(
          "DRIVELINE_API_KEYS_*: each key must have at least " + MIN_KEY_LENGTH + " characters");
    }
    if (all.stream().distinct().count() < all.size()) {
      throw new IllegalStateException("DRIVELINE_API_KEYS_*: a key stands there twice");
    }
    return new ApiSettings.Keys(admin, write, read);
  }

  private static ApiSettings.ClickHouse clickhouse(Settings settings) {
    String url = settings.read("driveline.clickhouse.url", String.class, "");
    if (url.isBlank()) {
      return null;
    }
    URI address;
    try {
      address = URI.create(url.strip());
    } catch (IllegalArgumentException e) {
      throw wrongUrl();
    }
    if (address.getHost() == null || !List.of("http", "https").contains(address.getScheme())) {
      throw wrongUrl();
    }
    return new ApiSettings.ClickHouse(
        address,
        settings.read("driveline.clickhouse.username", String.class, "default"),
        settings.read("driveline.clickhouse.password", String.class, ""));
  }

  private static IllegalStateException wrongUrl() {
    return new IllegalStateException(
        "DRIVELINE_CLICKHOUSE_URL must be an address such as http://host:8123");
  }

  private record Settings(Binder binder) {

    String required(String name, String example) {
      String value = read(name, String.class, "");
      if (value.isBlank()) {
        throw new IllegalStateException(variable(name) + " is not set: " + example);
      }
      return value;
    }

    <T> T read(String name, Class<T> type, T otherwise) {
      try {
        return binder.bind(name, type).orElse(otherwise);
      } catch (BindException e) {
        throw new IllegalStateException(
            variable(name) + " cannot be read as a " + type.getSimpleName());
      }
    }

    List<String> list(String name) {
      return binder.bind(name, Bindable.listOf(String.class)).orElse(List.of()).stream()
          .map(String::strip)
          .filter(value -> !value.isEmpty())
          .toList();
    }

    private static String variable(String name) {
      return name.replace('.', '_').replace("-", "").toUpperCase(java.util.Locale.ROOT);
    }
  }
}
