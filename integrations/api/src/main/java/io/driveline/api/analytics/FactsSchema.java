package io.driveline.api.analytics;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import javax.sql.DataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.stereotype.Component;

/**
 * Creates what analytics needs in ClickHouse: {@code schema.sql}, which may run any number of
 * times.
 */
@Component("factsSchema")
class FactsSchema {

  private static final Logger log = LoggerFactory.getLogger(FactsSchema.class);

  private final DataSource clickhouse;
  private final List<String> statements;

  /** Null before the first look. */
  private final AtomicReference<Boolean> there = new AtomicReference<>();

  FactsSchema(@Qualifier("clickhouse") DataSource clickhouse) throws IOException {
    this.clickhouse = clickhouse;
    this.statements = statements();
  }

  /**
   * Creates what is missing, and notes in the log when ClickHouse comes or goes. It looks every
   * time: a ClickHouse that lost its disk comes back empty.
   */
  public void ensure() {
    try (Connection connection = clickhouse.getConnection();
        Statement statement = connection.createStatement()) {
      if (!isThere() || !complete(statement)) {
        for (String sql : statements) {
          statement.execute(sql);
        }
      }
      if (!Boolean.TRUE.equals(there.getAndSet(true))) {
        log.info("ClickHouse is there: facts are collected");
      }
    } catch (SQLException e) {
      if (!Boolean.FALSE.equals(there.getAndSet(false))) {
        log.warn("ClickHouse is away (DRIVELINE_CLICKHOUSE_URL): facts wait in their queue");
        log.debug("ClickHouse is away", e);
      }
    }
  }

  /** Whether ClickHouse was there at the last look. */
  boolean isThere() {
    return Boolean.TRUE.equals(there.get());
  }

  private static boolean complete(Statement statement) throws SQLException {
    try (ResultSet count =
        statement.executeQuery(
            "SELECT count() FROM system.tables WHERE database = 'driveline'"
                + " AND name IN ('facts', 'revenue')")) {
      return count.next() && count.getInt(1) == 2;
    }
  }

  private static List<String> statements() throws IOException {
    try (InputStream sql = FactsSchema.class.getResourceAsStream("schema.sql")) {
      String text =
          new String(sql.readAllBytes(), StandardCharsets.UTF_8).replaceAll("(?m)^\\s*--.*$", "");
      return Arrays.stream(text.split(";")).map(String::strip).filter(s -> !s.isEmpty()).toList();
    }
  }
}
