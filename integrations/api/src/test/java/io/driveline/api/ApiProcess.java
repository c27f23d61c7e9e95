package io.driveline.api;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.camel.CamelContext;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.web.servlet.context.ServletWebServerApplicationContext;
import org.springframework.context.ApplicationListener;
import org.springframework.context.ConfigurableApplicationContext;

/**
 * The api app as it starts in production, on ports of its own; every answer is held to the
 * contract.
 */
public final class ApiProcess implements AutoCloseable {

  static final String READ = "dk_read_0123456789";
  static final String WRITE = "dk_write_0123456789";
  static final String ADMIN = "dk_admin_0123456789";

  private static final String PROBE = "probe-of-a-header";
  private static final Contract CONTRACT = new Contract();
  private static final ObjectMapper JSON = new ObjectMapper();

  private final HttpClient http = HttpClient.newHttpClient();
  private final ConfigurableApplicationContext context;
  private final int port;

  /** Starts it with all that it must be told, and with what a test tells it besides. */
  public ApiProcess(Map<String, String> settings, ApplicationListener<?>... listeners) {
    Map<String, String> all = new LinkedHashMap<>();
    all.put("driveline.address", "127.0.0.1");
    all.put("driveline.api.port", "0");
    all.put("driveline.management.port", "0");
    all.put("driveline.management.username", "hawtio");
    all.put("driveline.management.password", "hawtio-password");
    all.put("driveline.livemode", "false");
    all.put("driveline.api.keys.read", READ);
    all.put("driveline.api.keys.write", WRITE);
    all.put("driveline.api.keys.admin", ADMIN);
    all.putAll(settings);
    String[] args =
        all.entrySet().stream()
            .map(setting -> "--" + setting.getKey() + "=" + setting.getValue())
            .toArray(String[]::new);
    context =
        new SpringApplicationBuilder(ApiApplication.class)
            .properties("spring.config.name=driveline-api")
            .listeners(listeners)
            .run(args);
    port = ((ServletWebServerApplicationContext) context).getWebServer().getPort();
  }

  /** GET with a key that may read. */
  public Answer get(String path) {
    return send("GET", path, "Bearer " + READ);
  }

  /** POST of JSON with a key that may write. */
  Answer post(String path, String json) {
    return send(
        "POST",
        path,
        "Bearer " + WRITE,
        HttpRequest.BodyPublishers.ofString(json),
        "Content-Type",
        "application/json");
  }

  /** Sends a request; without a header Authorization if that is null. */
  Answer send(String method, String path, String authorization, String... headers) {
    return send(method, path, authorization, HttpRequest.BodyPublishers.noBody(), headers);
  }

  /** The same with a body. */
  Answer send(
      String method,
      String path,
      String authorization,
      HttpRequest.BodyPublisher body,
      String... headers) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
            .header("X-Probe", PROBE)
            .method(method, body);
    if (authorization != null) {
      request.header("Authorization", authorization);
    }
    if (headers.length > 0) {
      request.headers(headers);
    }
    try {
      Answer answer = new Answer(http.send(request.build(), HttpResponse.BodyHandlers.ofString()));
      answer.check(method, path);
      return answer;
    } catch (IOException e) {
      throw new IllegalStateException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  /** What runs the routes. */
  public CamelContext camel() {
    return context.getBean(CamelContext.class);
  }

  int port() {
    return port;
  }

  @Override
  public void close() {
    http.close();
    context.close();
  }

  /** What was answered. */
  public record Answer(HttpResponse<String> http) {

    /** Its status. */
    public int status() {
      return http.statusCode();
    }

    String text() {
      return http.body();
    }

    String header(String name) {
      return http.headers().firstValue(name).orElse(null);
    }

    /** Its body. */
    public JsonNode json() {
      try {
        return JSON.readTree(http.body());
      } catch (IOException e) {
        throw new IllegalStateException(http.body(), e);
      }
    }

    private void check(String method, String path) {
      if (!method.equals("HEAD")) {
        assertThat(CONTRACT.violations(method, path, status(), header("Content-Type"), text()))
            .as(method + " " + path + " answered " + status() + " " + text())
            .isEmpty();
      }
      assertThat(http.headers().map().toString() + text())
          .as("no answer tells what the request said")
          .doesNotContain(PROBE, READ, WRITE, ADMIN);
      assertThat(http.headers().map()).doesNotContainKey("server");
      assertThat(text()).doesNotContain("Exception", "\\tat ", "com.mongodb", "io.grpc");
    }
  }
}
