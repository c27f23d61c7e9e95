package io.driveline.api;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.web.servlet.context.ServletWebServerApplicationContext;
import org.springframework.context.ConfigurableApplicationContext;

/** The api app as it starts in production, on ports of its own. */
final class ApiProcess implements AutoCloseable {

  static final String READ = "dk_read_0123456789";
  static final String WRITE = "dk_write_0123456789";
  static final String ADMIN = "dk_admin_0123456789";

  private static final HttpClient HTTP = HttpClient.newHttpClient();
  private static final ObjectMapper JSON = new ObjectMapper();

  private final ConfigurableApplicationContext context;
  private final int port;

  ApiProcess(Map<String, String> settings) {
    List<String> args = new ArrayList<>();
    args.add("--driveline.api.port=0");
    args.add("--driveline.management.port=0");
    args.add("--driveline.management.username=hawtio");
    args.add("--driveline.management.password=hawtio-password");
    args.add("--driveline.livemode=false");
    args.add("--driveline.api.keys.read=" + READ);
    args.add("--driveline.api.keys.write=" + WRITE);
    args.add("--driveline.api.keys.admin=" + ADMIN);
    settings.forEach((name, value) -> args.add("--" + name + "=" + value));
    context =
        new SpringApplicationBuilder(ApiApplication.class)
            .properties("spring.config.name=driveline-api")
            .run(args.toArray(String[]::new));
    port = ((ServletWebServerApplicationContext) context).getWebServer().getPort();
  }

  Answer get(String path) {
    return send("GET", path, "Bearer " + READ);
  }

  /** Sends a request; without a header Authorization if that is null. */
  Answer send(String method, String path, String authorization) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
            .method(method, HttpRequest.BodyPublishers.noBody());
    if (authorization != null) {
      request.header("Authorization", authorization);
    }
    try {
      return new Answer(HTTP.send(request.build(), HttpResponse.BodyHandlers.ofString()));
    } catch (IOException e) {
      throw new IllegalStateException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  ConfigurableApplicationContext context() {
    return context;
  }

  int port() {
    return port;
  }

  @Override
  public void close() {
    context.close();
  }

  record Answer(HttpResponse<String> http) {

    int status() {
      return http.statusCode();
    }

    String text() {
      return http.body();
    }

    String header(String name) {
      return http.headers().firstValue(name).orElse(null);
    }

    JsonNode json() {
      try {
        return JSON.readTree(http.body());
      } catch (IOException e) {
        throw new IllegalStateException(http.body(), e);
      }
    }
  }
}
