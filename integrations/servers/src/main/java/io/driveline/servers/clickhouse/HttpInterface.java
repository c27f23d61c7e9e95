package io.driveline.servers.clickhouse;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.UUID;

/**
 * ClickHouse's HTTP interface, as much as its JDBC driver uses: a statement in the body or in
 * {@code query}, parameters, settings, the current database, formats and errors. Without
 * compression, sessions and logins.
 */
final class HttpInterface implements HttpHandler {

  private static final String PARAMETER = "param_";

  /** What is for the HTTP interface itself; every other name is a setting of the engine. */
  private static final Set<String> OWN =
      Set.of(
          "query",
          "database",
          "default_format",
          "query_id",
          "user",
          "password",
          "quota_key",
          "role",
          "session_id",
          "session_timeout",
          "session_check",
          "client_protocol_version",
          "wait_end_of_query",
          "buffer_size",
          "stacktrace",
          "compress",
          "decompress");

  private final Chdb chdb;
  private final Path folder;

  HttpInterface(Chdb chdb, Path folder) {
    this.chdb = chdb;
    this.folder = folder;
  }

  @Override
  public void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      byte[] body = exchange.getRequestBody().readAllBytes();
      Headers answer = exchange.getResponseHeaders();
      Map<String, String> request = parameters(exchange.getRequestURI().getRawQuery());
      String sql = request.getOrDefault("query", "");
      if (sql.isEmpty() && body.length == 0) {
        // The root and /ping, by which clients see that somebody is there.
        send(exchange, 200, "Ok.\n".getBytes(StandardCharsets.UTF_8));
        return;
      }
      String format = format(exchange, request);
      answer.set("X-ClickHouse-Format", format);
      answer.set("X-ClickHouse-Timezone", "UTC");
      answer.set("X-ClickHouse-Server-Display-Name", "driveline-embedded");
      answer.set("X-ClickHouse-Summary", "{}");
      answer.set(
          "X-ClickHouse-Query-Id", request.getOrDefault("query_id", UUID.randomUUID().toString()));
      try {
        send(exchange, 200, run(exchange, request, statement(sql, body), format));
      } catch (QueryException e) {
        answer.set("X-ClickHouse-Exception-Code", String.valueOf(e.code()));
        send(exchange, e.status(), (e.getMessage() + "\n").getBytes(StandardCharsets.UTF_8));
      }
    }
  }

  private byte[] run(HttpExchange exchange, Map<String, String> request, byte[] sql, String format)
      throws QueryException {
    if (request.getOrDefault("compress", "0").equals("1")
        || request.getOrDefault("decompress", "0").equals("1")
        || exchange.getRequestHeaders().containsKey("Content-Encoding")) {
      throw new QueryException(
          "Code: 48. DB::Exception: The embedded engine speaks no compression: set compress=0."
              + " (NOT_IMPLEMENTED)");
    }
    // A connection costs less than a millisecond, and its settings end with it.
    try (Chdb.Connection connection = chdb.connect(folder)) {
      String database = request.getOrDefault("database", "");
      if (!database.isEmpty()) {
        connection.run("USE " + quoted(database, '`'));
      }
      Map<String, String> parameters = new LinkedHashMap<>();
      for (Map.Entry<String, String> entry : request.entrySet()) {
        String name = entry.getKey();
        if (name.startsWith(PARAMETER)) {
          parameters.put(name.substring(PARAMETER.length()), entry.getValue());
        } else if (!OWN.contains(name)) {
          connection.run("SET " + quoted(name, '`') + " = " + quoted(entry.getValue(), '\''));
        }
      }
      return connection.query(sql, format, parameters);
    }
  }

  private static String format(HttpExchange exchange, Map<String, String> request) {
    String header = exchange.getRequestHeaders().getFirst("X-ClickHouse-Format");
    return request.getOrDefault("default_format", header == null ? "TabSeparated" : header);
  }

  /** The statement of the address, followed by that or by the data of the body. */
  private static byte[] statement(String sql, byte[] body) {
    if (sql.isEmpty()) {
      return body;
    }
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    all.writeBytes(sql.getBytes(StandardCharsets.UTF_8));
    all.write('\n');
    all.writeBytes(body);
    return all.toByteArray();
  }

  private static String quoted(String text, char quote) {
    String escaped = text.replace("\\", "\\\\").replace(String.valueOf(quote), "\\" + quote);
    return quote + escaped + quote;
  }

  private static Map<String, String> parameters(String query) {
    Map<String, String> parameters = new LinkedHashMap<>();
    for (String pair : query == null ? new String[0] : query.split("&")) {
      int equals = pair.indexOf('=');
      if (equals > 0) {
        parameters.put(decoded(pair.substring(0, equals)), decoded(pair.substring(equals + 1)));
      }
    }
    return parameters;
  }

  private static String decoded(String text) {
    return URLDecoder.decode(text, StandardCharsets.UTF_8);
  }

  private static void send(HttpExchange exchange, int status, byte[] body) throws IOException {
    if (body.length == 0) {
      exchange.sendResponseHeaders(status, -1);
      return;
    }
    exchange.sendResponseHeaders(status, body.length);
    exchange.getResponseBody().write(body);
  }
}
