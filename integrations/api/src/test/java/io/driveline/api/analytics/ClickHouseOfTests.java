package io.driveline.api.analytics;

import static org.junit.jupiter.api.Assumptions.abort;

import io.driveline.servers.FreePort;
import io.driveline.servers.clickhouse.EmbeddedClickHouse;
import io.driveline.servers.clickhouse.UnavailableException;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Properties;

/** A ClickHouse that goes and comes back; tests are left out where there is no engine. */
final class ClickHouseOfTests implements AutoCloseable {

  private final Path folder;
  private final int port = FreePort.orAny(0);
  private EmbeddedClickHouse engine;

  ClickHouseOfTests(Path folder) throws IOException {
    this.folder = folder;
    start();
  }

  /** Does nothing where it runs. */
  void start() throws IOException {
    if (engine != null) {
      return;
    }
    try {
      engine = EmbeddedClickHouse.start(port, folder);
    } catch (UnavailableException e) {
      abort("left out: " + e.getMessage());
    }
  }

  void stop() throws IOException {
    engine.close();
    engine = null;
  }

  String url() {
    return "http://127.0.0.1:" + port;
  }

  /** The number that a query gives; -1 where it cannot be asked (yet). */
  long number(String sql) {
    try (Connection connection = connect();
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(sql)) {
      return rows.next() ? rows.getLong(1) : -1;
    } catch (SQLException e) {
      return -1;
    }
  }

  long events() {
    return number("SELECT uniqExact(eventId) FROM driveline.facts");
  }

  void execute(String sql) throws SQLException {
    try (Connection connection = connect();
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  private Connection connect() throws SQLException {
    Properties properties = new Properties();
    properties.setProperty("compress", "0");
    return DriverManager.getConnection("jdbc:clickhouse:" + url(), properties);
  }

  @Override
  public void close() throws IOException {
    if (engine != null) {
      stop();
    }
  }
}
