package io.driveline.webhook;

import io.driveline.runtime.settings.Settings;
import io.driveline.runtime.settings.WrongSettingException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.springframework.util.unit.DataSize;

/**
 * The webhook's settings, {@code driveline.webhook.*}.
 *
 * @param endpoints {@code driveline.webhook.secrets}, the secrets of the endpoint default,
 *     separated by commas; {@code driveline.webhook.secrets.<name>}, those of one more endpoint
 *     each. At least one is required. An endpoint is live if {@code driveline.livemode} is (true by
 *     default) and {@code driveline.webhook.test-endpoints} does not name it
 * @param maxBody {@code driveline.webhook.max-body}, 1 MiB
 * @param bodyTimeout {@code driveline.webhook.body-timeout}, 10 s: how long a body may take in all
 * @param memory {@code driveline.webhook.memory}, 64 MiB: what all posts may take up together
 * @param tolerance {@code driveline.webhook.tolerance}, 5 min: how far a signature's time may be
 *     off
 */
record WebhookSettings(
    List<Endpoint> endpoints,
    DataSize maxBody,
    Duration bodyTimeout,
    DataSize memory,
    Duration tolerance,
    int retryAfter) {

  private static final String SECRETS = "driveline.webhook.secrets";
  private static final String TEST_ENDPOINTS = "driveline.webhook.test-endpoints";
  private static final String MEMORY = "driveline.webhook.memory";
  private static final Pattern NAME = Pattern.compile("[a-z0-9][a-z0-9-]{0,63}");
  private static final String PREFIX = "whsec_";

  static WebhookSettings from(Settings settings) {
    WebhookSettings read =
        new WebhookSettings(
            endpoints(settings),
            settings.size("driveline.webhook.max-body", DataSize.ofMegabytes(1)),
            settings.duration("driveline.webhook.body-timeout", Duration.ofSeconds(10)),
            settings.size(MEMORY, DataSize.ofMegabytes(64)),
            settings.duration("driveline.webhook.tolerance", Duration.ofMinutes(5)),
            settings.number("driveline.webhook.retry-after", 5, 0, 3600));
    // A body grows by being copied into a larger buffer: for a moment it is there twice.
    if (read.memory().toBytes() < 4 * read.maxBody().toBytes()) {
      throw new WrongSettingException(
          Settings.variable(MEMORY)
              + " must be at least four times "
              + Settings.variable("driveline.webhook.max-body"));
    }
    return read;
  }

  private static List<Endpoint> endpoints(Settings settings) {
    Map<String, List<String>> secrets = new TreeMap<>();
    List<String> ofDefault = settings.list(SECRETS);
    if (!ofDefault.isEmpty()) {
      secrets.put(Endpoint.DEFAULT, ofDefault);
    }
    Map<String, List<String>> others = settings.lists(SECRETS);
    if (others.containsKey(Endpoint.DEFAULT)) {
      throw new WrongSettingException(
          Settings.variable(SECRETS + "." + Endpoint.DEFAULT)
              + " is no setting: the secrets of that endpoint are in "
              + Settings.variable(SECRETS));
    }
    secrets.putAll(others);
    if (secrets.isEmpty()) {
      throw new WrongSettingException(
          Settings.variable(SECRETS)
              + " is missing; give the signing secret of your endpoint at Stripe, whsec_...");
    }
    boolean livemode = settings.flag("driveline.livemode", true);
    Set<String> testEndpoints = new HashSet<>(settings.list(TEST_ENDPOINTS));
    if (!secrets.keySet().containsAll(testEndpoints)) {
      throw new WrongSettingException(
          Settings.variable(TEST_ENDPOINTS) + " names an endpoint that has no secret");
    }
    List<Endpoint> endpoints = new ArrayList<>();
    secrets.forEach(
        (name, values) -> {
          String variable =
              Settings.variable(name.equals(Endpoint.DEFAULT) ? SECRETS : SECRETS + "." + name);
          if (!NAME.matcher(name).matches()) {
            throw new WrongSettingException(
                variable + " must end with a name of letters, digits and hyphens");
          }
          if (values.isEmpty()
              || !values.stream()
                  .allMatch(secret -> secret.startsWith(PREFIX) && secret.length() > 6)) {
            throw new WrongSettingException(
                variable + " must hold signing secrets, whsec_..., separated by commas");
          }
          endpoints.add(new Endpoint(name, values, livemode && !testEndpoints.contains(name)));
        });
    return List.copyOf(endpoints);
  }
}
