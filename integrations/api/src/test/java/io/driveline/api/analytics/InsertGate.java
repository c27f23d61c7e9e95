package io.driveline.api.analytics;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Stands before ClickHouse, and leaves one insert without its answer: the moment at which a kill
 * would hurt most.
 */
final class InsertGate implements AutoCloseable {

  private final String clickhouse;
  private final boolean insertsFirst;
  private final AtomicInteger passing;
  private final CountDownLatch reached = new CountDownLatch(1);
  private final CountDownLatch end = new CountDownLatch(1);
  private final HttpClient http = HttpClient.newHttpClient();
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final HttpServer server;

  /**
   * Opens it.
   *
   * @param passing how many inserts pass
   * @param insertsFirst whether the one after them still reaches ClickHouse
   */
  InsertGate(String clickhouse, int passing, boolean insertsFirst) throws IOException {
    this.clickhouse = clickhouse;
    this.passing = new AtomicInteger(passing);
    this.insertsFirst = insertsFirst;
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(threads);
    server.createContext("/", this::handle);
    server.start();
  }

  String url() {
    return "http://127.0.0.1:" + server.getAddress().getPort();
  }

  /** Waits for the insert that gets no answer. */
  CountDownLatch reached() {
    return reached;
  }

  private void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      byte[] body = exchange.getRequestBody().readAllBytes();
      boolean held =
          new String(body, StandardCharsets.UTF_8).startsWith("INSERT")
              && passing.getAndDecrement() <= 0;
      if (!held || insertsFirst) {
        HttpResponse<byte[]> answer = ask(exchange, body);
        if (!held) {
          answer
              .headers()
              .map()
              .forEach(
                  (name, values) -> {
                    if (name.startsWith("x-clickhouse")) {
                      exchange.getResponseHeaders().put(name, values);
                    }
                  });
          int length = answer.body().length;
          exchange.sendResponseHeaders(answer.statusCode(), length == 0 ? -1 : length);
          if (length > 0) {
            exchange.getResponseBody().write(answer.body());
          }
          return;
        }
      }
      reached.countDown();
      end.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private HttpResponse<byte[]> ask(HttpExchange exchange, byte[] body)
      throws IOException, InterruptedException {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(clickhouse + exchange.getRequestURI()))
            .POST(HttpRequest.BodyPublishers.ofByteArray(body));
    String format = exchange.getRequestHeaders().getFirst("X-ClickHouse-Format");
    if (format != null) {
      request.header("X-ClickHouse-Format", format);
    }
    return http.send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
  }

  @Override
  public void close() {
    end.countDown();
    server.stop(0);
    threads.close();
    http.close();
  }
}
