package io.driveline.api.analytics;

import io.driveline.api.ApiApplication;
import io.driveline.api.ApiProcess;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The api app with analytics alone in mind: MongoDB and the grpc app are not there. */
final class AnalyticsApp {

  private AnalyticsApp() {}

  /** In this process. */
  static ApiProcess start(String rabbitmqUri, String clickhouseUrl, Map<String, String> more) {
    Map<String, String> settings = new HashMap<>(settings(rabbitmqUri));
    if (clickhouseUrl != null) {
      settings.put("driveline.clickhouse.url", clickhouseUrl);
    }
    settings.putAll(more);
    return new ApiProcess(settings);
  }

  /** In a process of its own, to be killed. */
  static Process launch(String rabbitmqUri, String clickhouseUrl, Path log) throws Exception {
    Map<String, String> settings = new HashMap<>(settings(rabbitmqUri));
    settings.put("driveline.clickhouse.url", clickhouseUrl);
    settings.put("driveline.api.facts-batch", "50");
    settings.put("driveline.api.port", "0");
    settings.put("driveline.management.port", "0");
    settings.put("driveline.management.username", "hawtio");
    settings.put("driveline.management.password", "hawtio-password");
    settings.put("driveline.address", "127.0.0.1");
    settings.put("driveline.api.keys.read", "dk_read_0123456789");
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("-XX:TieredStopAtLevel=1");
    command.add("-Dspring.config.name=driveline-api");
    command.add("-cp");
    command.add(System.getProperty("java.class.path"));
    command.add(ApiApplication.class.getName());
    settings.forEach((name, value) -> command.add("--" + name + "=" + value));
    return new ProcessBuilder(command)
        .redirectErrorStream(true)
        .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
        .start();
  }

  private static Map<String, String> settings(String rabbitmqUri) {
    return Map.of(
        "driveline.mongodb.uri", "mongodb://127.0.0.1:1",
        "driveline.grpc.address", "127.0.0.1:1",
        "driveline.rabbitmq.uri", rabbitmqUri,
        "driveline.api.facts-retry", "100",
        "driveline.api.prepare-interval", "200");
  }
}
