package io.driveline.sandbox;

import java.nio.file.Path;
import java.util.Iterator;
import java.util.List;
import java.util.Map;

/**
 * How a sandbox is to be.
 *
 * @param sample whether the sample of Stripe traffic is played
 * @param data where what is stored is kept; null keeps nothing
 * @param routes the folder whose route files override those in the jars, and are reloaded when they
 *     are saved; null for none
 * @param portOffset what is added to every port, so that two sandboxes can stand side by side
 * @param mongodbUri a MongoDB to use instead of the embedded one; null for that
 * @param rabbitmqUri a RabbitMQ to use instead; null for the embedded broker
 * @param redisUri a Redis to use instead; null for the embedded one
 * @param clickhouseUrl a ClickHouse to use instead; null for the embedded engine
 * @param webhookSecrets further signing secrets, such as that of {@code stripe listen}; null for
 *     the sandbox's own alone
 */
public record UpOptions(
    boolean sample,
    Path data,
    Path routes,
    int portOffset,
    String mongodbUri,
    String rabbitmqUri,
    String redisUri,
    String clickhouseUrl,
    String webhookSecrets) {

  private static final int MAX_OFFSET = 10_000;

  static UpOptions read(List<String> args, Map<String, String> environment) throws UsageException {
    boolean sample = true;
    Path data = null;
    Path routes = null;
    int offset = 0;
    for (Iterator<String> rest = args.iterator(); rest.hasNext(); ) {
      String arg = rest.next();
      switch (arg) {
        case "--no-sample" -> sample = false;
        case "--data" -> data = Path.of(value(arg, rest)).toAbsolutePath();
        case "--routes" -> routes = Path.of(value(arg, rest)).toAbsolutePath();
        case "--port-offset" -> offset = offset(value(arg, rest));
        default ->
            throw new UsageException("up has no option " + arg + "; see ./driveline up --help");
      }
    }
    String folder = given(environment, "DRIVELINE_ROUTES");
    return new UpOptions(
        sample,
        data,
        folder == null ? routes : Path.of(folder).toAbsolutePath(),
        offset,
        given(environment, "DRIVELINE_MONGODB_URI"),
        given(environment, "DRIVELINE_RABBITMQ_URI"),
        given(environment, "DRIVELINE_REDIS_URI"),
        given(environment, "DRIVELINE_CLICKHOUSE_URL"),
        given(environment, "DRIVELINE_WEBHOOK_SECRETS"));
  }

  private static String value(String option, Iterator<String> rest) throws UsageException {
    if (!rest.hasNext()) {
      throw new UsageException(option + " needs a value; see ./driveline up --help");
    }
    return rest.next();
  }

  private static int offset(String text) throws UsageException {
    try {
      int offset = Integer.parseInt(text);
      if (offset >= 0 && offset <= MAX_OFFSET) {
        return offset;
      }
    } catch (NumberFormatException e) {
      // told below
    }
    throw new UsageException(
        "--port-offset must be a number from 0 to " + MAX_OFFSET + "; see ./driveline up --help");
  }

  private static String given(Map<String, String> environment, String variable) {
    String value = environment.get(variable);
    return value == null || value.isBlank() ? null : value.strip();
  }
}
