package io.driveline.servers.clickhouse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.abort;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EmbeddedClickHouseTest {

  @TempDir private Path folder;
  private EmbeddedClickHouse clickhouse;

  @BeforeEach
  void start() throws Exception {
    clickhouse = start(0, folder);
  }

  @AfterEach
  void stop() throws Exception {
    if (clickhouse != null) {
      clickhouse.close();
    }
  }

  private static EmbeddedClickHouse start(int port, Path folder) throws IOException {
    try {
      return EmbeddedClickHouse.start(port, folder);
    } catch (UnavailableException e) {
      return abort("left out: " + e.getMessage());
    }
  }

  @Test
  void keepsRowsAndFindsThemByParameters() throws Exception {
    try (Connection connection = connect()) {
      createFacts(connection);
      try (PreparedStatement insert =
          connection.prepareStatement("INSERT INTO facts (id, amount, name) VALUES (?, ?, ?)")) {
        for (long i = 1; i <= 3; i++) {
          insert.setString(1, "evt_" + i);
          insert.setLong(2, i * Integer.MAX_VALUE);
          insert.setString(3, "O'Brien \\ \u00e9\u4e2d\n\t" + i);
          insert.addBatch();
        }
        assertThat(insert.executeBatch()).hasSize(3);
      }
      try (PreparedStatement select =
          connection.prepareStatement("SELECT name FROM facts WHERE id = ? AND amount > ?")) {
        select.setString(1, "evt_2");
        select.setLong(2, Integer.MAX_VALUE);
        try (ResultSet rows = select.executeQuery()) {
          assertThat(rows.next()).isTrue();
          assertThat(rows.getString(1)).isEqualTo("O'Brien \\ \u00e9\u4e2d\n\t2");
          assertThat(rows.next()).isFalse();
        }
      }
    }
  }

  @Test
  void keepsOneRowForAKeyThatComesTwice() throws Exception {
    try (Connection connection = connect();
        Statement statement = connection.createStatement()) {
      createFacts(connection);
      statement.execute("INSERT INTO facts VALUES ('evt_1', 1, '')");
      statement.execute("INSERT INTO facts VALUES ('evt_1', 1, ''), ('evt_2', 1, '')");
      assertThat(count(connection, "SELECT count() FROM facts FINAL")).isEqualTo(2);
    }
  }

  @Test
  void tellsErrorsAsClickHouseDoes() throws Exception {
    try (Connection connection = connect();
        Statement statement = connection.createStatement()) {
      assertThatThrownBy(() -> statement.executeQuery("SELECT x FROM nowhere"))
          .isInstanceOf(SQLException.class)
          .hasMessageContaining("UNKNOWN_TABLE");
      assertThat(count(connection, "SELECT 1")).isEqualTo(1);
    }
    HttpResponse<String> wrong = post("", "SELEC 1");
    assertThat(wrong.statusCode()).isEqualTo(400);
    assertThat(wrong.headers().firstValue("X-ClickHouse-Exception-Code")).hasValue("62");
    assertThat(wrong.body()).startsWith("Code: 62. DB::Exception: ");
    assertThat(post("?database=nowhere", "SELECT 1").statusCode()).isEqualTo(404);
    assertThat(post("?no_such_setting=1", "SELECT 1").statusCode()).isEqualTo(404);
    assertThat(post("?compress=1", "SELECT 1").statusCode()).isEqualTo(501);
    assertThat(post("", "SELECT throwIf(1)").statusCode()).isEqualTo(500);
  }

  @Test
  void takesParametersSettingsAndFormatsFromTheAddress() throws Exception {
    assertThat(post("?param_a=7&param_b=it%27s", "SELECT {a:Int64} + 1, {b:String}").body())
        .isEqualTo("8\tit\\'s\n");
    assertThat(post("?max_block_size=123", "SELECT getSetting('max_block_size')").body())
        .isEqualTo("123\n");
    assertThat(post("", "SELECT getSetting('max_block_size')").body()).isNotEqualTo("123\n");
    assertThat(post("?query=SELECT%201%20AS%20a&default_format=JSONEachRow", "").body())
        .isEqualTo("{\"a\":1}\n");
  }

  @Test
  void hasItsRowsAfterARestart() throws Exception {
    try (Connection connection = connect();
        Statement statement = connection.createStatement()) {
      createFacts(connection);
      statement.execute("INSERT INTO facts VALUES ('evt_1', 4900, '')");
    }
    int port = URI.create(clickhouse.url()).getPort();
    clickhouse.close();
    clickhouse = start(port, folder);
    try (Connection connection = connect()) {
      assertThat(count(connection, "SELECT sum(amount) FROM facts")).isEqualTo(4900);
    }
  }

  @Test
  void keepsNothingWithoutAFolder() throws Exception {
    clickhouse.close();
    for (int round = 0; round < 2; round++) {
      clickhouse = start(0, null);
      try (Connection connection = connect()) {
        assertThat(count(connection, "SELECT count() FROM system.tables WHERE name = 'facts'"))
            .isZero();
        createFacts(connection);
      }
      clickhouse.close();
    }
    clickhouse = null;
  }

  @Test
  void refusesASecondFolder(@TempDir Path other) {
    assertThatThrownBy(() -> EmbeddedClickHouse.start(0, other))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("once in a process");
  }

  @Test
  void servesThreadsSideBySide() throws Exception {
    try (Connection connection = connect()) {
      createFacts(connection);
    }
    List<Future<?>> writers = new ArrayList<>();
    try (ExecutorService threads = Executors.newFixedThreadPool(2)) {
      for (String name : List.of("a", "b")) {
        writers.add(
            threads.submit(
                () -> {
                  try (Connection connection = connect();
                      Statement statement = connection.createStatement()) {
                    for (int i = 0; i < 50; i++) {
                      statement.execute(
                          "INSERT INTO facts VALUES ('" + name + i + "', 1, '" + name + "')");
                      assertThat(
                              count(
                                  connection,
                                  "SELECT count() FROM facts WHERE name = '" + name + "'"))
                          .isEqualTo(i + 1);
                    }
                  }
                  return null;
                }));
      }
    }
    for (Future<?> writer : writers) {
      writer.get();
    }
    try (Connection connection = connect()) {
      assertThat(count(connection, "SELECT count() FROM facts")).isEqualTo(100);
    }
  }

  private static void createFacts(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(
          "CREATE TABLE facts (id String, amount Int64, name String)"
              + " ENGINE = ReplacingMergeTree ORDER BY id");
    }
  }

  private static long count(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(sql)) {
      assertThat(rows.next()).isTrue();
      return rows.getLong(1);
    }
  }

  private Connection connect() throws SQLException {
    Properties properties = new Properties();
    properties.setProperty("compress", "0");
    return DriverManager.getConnection("jdbc:clickhouse:" + clickhouse.url(), properties);
  }

  private HttpResponse<String> post(String query, String sql) throws Exception {
    try (HttpClient http = HttpClient.newHttpClient()) {
      return http.send(
          HttpRequest.newBuilder(URI.create(clickhouse.url() + "/" + query))
              .POST(HttpRequest.BodyPublishers.ofString(sql))
              .build(),
          HttpResponse.BodyHandlers.ofString());
    }
  }
}
