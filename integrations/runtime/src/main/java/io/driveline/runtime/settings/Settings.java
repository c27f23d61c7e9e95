package io.driveline.runtime.settings;

import java.net.URI;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.springframework.boot.context.properties.bind.BindException;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertySource;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.boot.context.properties.source.IterableConfigurationPropertySource;
import org.springframework.boot.convert.DurationStyle;
import org.springframework.core.env.Environment;
import org.springframework.util.unit.DataSize;

/**
 * Reads settings for records. Every method throws {@link WrongSettingException} for a value that is
 * missing or wrong, with a message that names the environment variable and never shows the value,
 * which may be a secret.
 */
public final class Settings {

  private static final Pattern HOST_AND_PORT = Pattern.compile("[^\\s:/]+:\\d{1,5}");
  private static final int MOST_PORT = 65_535;

  private final Binder binder;
  private final Iterable<ConfigurationPropertySource> sources;

  /**
   * @param environment where the settings are
   */
  public Settings(Environment environment) {
    this.binder = Binder.get(environment);
    this.sources = ConfigurationPropertySources.get(environment);
  }

  /**
   * The environment variable of a setting: {@code driveline.grpc.cache-ttl} is {@code
   * DRIVELINE_GRPC_CACHE_TTL}. Spring's binder and Camel's placeholders both know this form.
   */
  public static String variable(String name) {
    return name.replace('.', '_').replace('-', '_').toUpperCase(Locale.ROOT);
  }

  /** Some text; the default where it is missing or blank. */
  public String text(String name, String otherwise) {
    String value = value(name);
    return value.isEmpty() ? otherwise : value;
  }

  /**
   * An address that must be given.
   *
   * @param example what it looks like
   * @param schemes those it may begin with, such as {@code mongodb}
   */
  public String uri(String name, String example, String... schemes) {
    String value = value(name);
    if (value.isEmpty()) {
      throw new WrongSettingException(variable(name) + " is missing; give " + example);
    }
    return checked(name, value, example, schemes);
  }

  /** An address that may be missing: then null. */
  public String optionalUri(String name, String example, String... schemes) {
    String value = value(name);
    return value.isEmpty() ? null : checked(name, value, example, schemes);
  }

  private static String checked(String name, String value, String example, String... schemes) {
    int colon = value.indexOf("://");
    if (colon < 0
        || !Arrays.asList(schemes).contains(value.substring(0, colon))
        || colon + 3 == value.length()) {
      throw new WrongSettingException(variable(name) + " must be of the form " + example);
    }
    return value;
  }

  /** An HTTP address that may be missing: then null. */
  public URI optionalHttpUri(String name, String example) {
    String value = optionalUri(name, example, "http", "https");
    try {
      return value == null ? null : URI.create(value);
    } catch (IllegalArgumentException e) {
      throw new WrongSettingException(variable(name) + " must be of the form " + example);
    }
  }

  /**
   * A host and a port, such as {@code grpc:50051}, that must be given.
   *
   * @param example what it looks like
   */
  public String hostAndPort(String name, String example) {
    String value = value(name);
    if (value.isEmpty()) {
      throw new WrongSettingException(variable(name) + " is missing; give " + example);
    }
    int colon = value.lastIndexOf(':');
    String port = value.substring(colon + 1);
    if (!HOST_AND_PORT.matcher(value).matches() || Integer.parseInt(port) > MOST_PORT) {
      throw new WrongSettingException(variable(name) + " must be of the form " + example);
    }
    return value;
  }

  /** True or false. */
  public boolean flag(String name, boolean otherwise) {
    return switch (value(name)) {
      case "" -> otherwise;
      case "true" -> true;
      case "false" -> false;
      default -> throw new WrongSettingException(variable(name) + " must be true or false");
    };
  }

  /**
   * A whole number.
   *
   * @param least the smallest allowed
   * @param most the greatest allowed
   */
  public int number(String name, int otherwise, int least, int most) {
    String value = value(name);
    try {
      int number = value.isEmpty() ? otherwise : Integer.parseInt(value);
      if (number >= least && number <= most) {
        return number;
      }
    } catch (NumberFormatException e) {
      // told below
    }
    throw new WrongSettingException(
        variable(name) + " must be a whole number from " + least + " to " + most);
  }

  /** A time such as {@code 500ms}, {@code 20s} or {@code 5m}; above zero. */
  public Duration duration(String name, Duration otherwise) {
    String value = value(name);
    try {
      Duration duration = value.isEmpty() ? otherwise : DurationStyle.detectAndParse(value);
      if (duration.isPositive()) {
        return duration;
      }
    } catch (IllegalArgumentException e) {
      // told below
    }
    throw new WrongSettingException(
        variable(name) + " must be a time above zero, such as 500ms, 20s or 5m");
  }

  /** A size in memory such as {@code 512KB} or {@code 64MB}; above zero. */
  public DataSize size(String name, DataSize otherwise) {
    String value = value(name);
    try {
      DataSize size = value.isEmpty() ? otherwise : DataSize.parse(value);
      if (size.toBytes() > 0) {
        return size;
      }
    } catch (IllegalArgumentException e) {
      // told below
    }
    throw new WrongSettingException(
        variable(name) + " must be a size above zero, such as 512KB or 64MB");
  }

  /** A list, separated by commas; empty where it is missing. */
  public List<String> list(String name) {
    try {
      return binder.bind(name, Bindable.listOf(String.class)).orElse(List.of()).stream()
          .map(String::strip)
          .filter(value -> !value.isEmpty())
          .toList();
    } catch (BindException e) {
      throw new WrongSettingException(variable(name) + " must be a list, separated by commas");
    }
  }

  /**
   * The lists one level below a name, each by the rest of its name in lower case and with hyphens:
   * {@code DRIVELINE_WEBHOOK_SECRETS_EU_SHOP} is list {@code eu-shop} below {@code
   * driveline.webhook.secrets}, which may have a value, too.
   */
  public Map<String, List<String>> lists(String name) {
    ConfigurationPropertyName root = ConfigurationPropertyName.of(name);
    Map<String, List<String>> lists = new TreeMap<>();
    for (ConfigurationPropertySource source : sources) {
      if (source instanceof IterableConfigurationPropertySource names) {
        names.stream()
            .filter(root::isAncestorOf)
            .map(below -> below.isLastElementIndexed() ? below.getParent() : below)
            .filter(below -> !below.equals(root))
            .forEach(
                below ->
                    lists.put(
                        below.toString().substring(name.length() + 1).replace('.', '-'),
                        list(below.toString())));
      }
    }
    return lists;
  }

  private String value(String name) {
    try {
      return binder.bind(name, String.class).orElse("").strip();
    } catch (BindException e) {
      throw new WrongSettingException(variable(name) + " cannot be read");
    }
  }
}
