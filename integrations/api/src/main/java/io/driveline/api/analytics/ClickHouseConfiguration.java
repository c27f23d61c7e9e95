package io.driveline.api.analytics;

import com.clickhouse.jdbc.DataSourceImpl;
import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.driveline.api.ApiSettings;
import io.driveline.runtime.settings.Settings;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Properties;
import javax.sql.DataSource;
import org.springframework.boot.actuate.health.Health;
import org.springframework.boot.actuate.health.HealthIndicator;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.Environment;
import org.springframework.jdbc.datasource.AbstractDataSource;

/** The connection to ClickHouse, which need not be there when the app starts, or ever. */
@Configuration(proxyBeanMethods = false)
class ClickHouseConfiguration {

  private static final int CONNECTIONS = 4;
  private static final long WAIT_MILLIS = 3_000;
  private static final Duration TIMEOUT = Duration.ofSeconds(30);

  @Bean
  DataSource clickhouse(ApiSettings settings, Environment environment) {
    ApiSettings.ClickHouse clickhouse = settings.clickhouse();
    if (clickhouse == null) {
      return new NotConfigured();
    }
    String timeout =
        String.valueOf(
            new Settings(environment).duration("driveline.clickhouse.timeout", TIMEOUT).toMillis());
    Properties driver = new Properties();
    driver.setProperty("user", clickhouse.username());
    driver.setProperty("password", clickhouse.password());
    // The embedded engine speaks no compression, and facts are small.
    driver.setProperty("compress", "0");
    // Camel's batch asks for a transaction, which ClickHouse does not have: one insert is one.
    driver.setProperty("jdbc_ignore_unsupported_values", "true");
    driver.setProperty("connection_timeout", String.valueOf(WAIT_MILLIS));
    driver.setProperty("socket_timeout", timeout);
    HikariConfig pool = new HikariConfig();
    pool.setPoolName("clickhouse");
    pool.setDataSource(new DataSourceImpl("jdbc:clickhouse:" + clickhouse.url(), driver));
    pool.setMaximumPoolSize(CONNECTIONS);
    pool.setMinimumIdle(0);
    pool.setConnectionTimeout(WAIT_MILLIS);
    pool.setValidationTimeout(WAIT_MILLIS / 2);
    pool.setInitializationFailTimeout(-1);
    return new HikariDataSource(pool);
  }

  /** Health {@code clickHouse}: as the last look at the schema found it. */
  @Bean
  HealthIndicator clickHouseHealthIndicator(ApiSettings settings, FactsSchema schema) {
    return () -> {
      if (settings.clickhouse() == null) {
        return Health.unknown().withDetail("analytics", "not configured").build();
      }
      return (schema.isThere() ? Health.up() : Health.down()).build();
    };
  }

  private static final class NotConfigured extends AbstractDataSource {

    @Override
    public Connection getConnection() throws SQLException {
      throw new SQLException("analytics is not configured");
    }

    @Override
    public Connection getConnection(String username, String password) throws SQLException {
      return getConnection();
    }
  }
}
