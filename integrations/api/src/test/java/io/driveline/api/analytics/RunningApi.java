package io.driveline.api.analytics;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.driveline.api.ApiApplication;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.web.servlet.context.ServletWebServerApplicationContext;
import org.springframework.context.ConfigurableApplicationContext;

/** The api app, here with analytics alone in mind: MongoDB and the grpc app are not there. */
final class RunningApi implements AutoCloseable {

  private static final String KEY = "dk_read_0123456789";
  private static final ObjectMapper JSON = new ObjectMapper();

  private final ConfigurableApplicationContext context;

  RunningApi(String rabbitmqUri, String clickhouseUrl, Map<String, String> more) {
    context =
        new SpringApplicationBuilder(ApiApplication.class)
            .properties("spring.config.name=driveline-api")
            .run(arguments(rabbitmqUri, clickhouseUrl, more).toArray(String[]::new));
  }

  /** The same app in a process of its own. */
  static Process start(String rabbitmqUri, String clickhouseUrl, Path log) throws Exception {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("-XX:TieredStopAtLevel=1");
    command.add("-Dspring.config.name=driveline-api");
    command.add("-cp");
    command.add(System.getProperty("java.class.path"));
    command.add(ApiApplication.class.getName());
    command.addAll(
        arguments(rabbitmqUri, clickhouseUrl, Map.of("driveline.api.facts-batch", "50")));
    return new ProcessBuilder(command)
        .redirectErrorStream(true)
        .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
        .start();
  }

  private static List<String> arguments(
      String rabbitmqUri, String clickhouseUrl, Map<String, String> more) {
    List<String> arguments = new ArrayList<>();
    arguments.add("--driveline.api.port=0");
    arguments.add("--driveline.management.port=0");
    arguments.add("--driveline.address=127.0.0.1");
    arguments.add("--driveline.management.username=hawtio");
    arguments.add("--driveline.management.password=hawtio-password");
    arguments.add("--driveline.livemode=false");
    arguments.add("--driveline.api.keys.read=" + KEY);
    arguments.add("--driveline.mongodb.uri=mongodb://127.0.0.1:1");
    arguments.add("--driveline.grpc.address=127.0.0.1:1");
    arguments.add("--driveline.rabbitmq.uri=" + rabbitmqUri);
    if (clickhouseUrl != null) {
      arguments.add("--driveline.clickhouse.url=" + clickhouseUrl);
    }
    arguments.add("--driveline.api.facts-retry=100");
    arguments.add("--driveline.api.prepare-interval=200");
    more.forEach((name, value) -> arguments.add("--" + name + "=" + value));
    return arguments;
  }

  Answer revenue(String query) throws Exception {
    int port = ((ServletWebServerApplicationContext) context).getWebServer().getPort();
    try (HttpClient http = HttpClient.newHttpClient()) {
      HttpResponse<String> answer =
          http.send(
              HttpRequest.newBuilder(
                      URI.create("http://127.0.0.1:" + port + "/api/v1/analytics/revenue" + query))
                  .header("Authorization", "Bearer " + KEY)
                  .build(),
              HttpResponse.BodyHandlers.ofString());
      return new Answer(answer.statusCode(), JSON.readTree(answer.body()));
    }
  }

  record Answer(int status, JsonNode json) {

    /** The rows, each as {@code start currency payments refunds net paymentCount refundCount}. */
    List<String> rows() {
      List<String> rows = new ArrayList<>();
      for (JsonNode row : json.path("data")) {
        rows.add(
            String.join(
                " ",
                List.of(
                    row.path("start").asText().substring(0, 13),
                    row.path("currency").asText(),
                    row.path("payments").asText(),
                    row.path("refunds").asText(),
                    row.path("net").asText(),
                    row.path("paymentCount").asText(),
                    row.path("refundCount").asText())));
      }
      return rows;
    }
  }

  @Override
  public void close() {
    context.close();
  }
}
