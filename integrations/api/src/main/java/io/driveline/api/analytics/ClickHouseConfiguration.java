package io.driveline.api.analytics;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.driveline.api.ApiSettings;
import java.sql.Connection;
import java.sql.SQLException;
import javax.sql.DataSource;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.datasource.AbstractDataSource;

/** The connection to ClickHouse, which need not be there when the app starts, or ever. */
@Configuration(proxyBeanMethods = false)
class ClickHouseConfiguration {

  private static final int CONNECTIONS = 4;
  private static final long WAIT_MILLIS = 3_000;

  @Bean
  DataSource clickhouse(ApiSettings settings) {
    ApiSettings.ClickHouse clickhouse = settings.clickhouse();
    if (clickhouse == null) {
      return new NotConfigured();
    }
    HikariConfig pool = new HikariConfig();
    pool.setPoolName("clickhouse");
    pool.setDriverClassName("com.clickhouse.jdbc.Driver");
    pool.setJdbcUrl("jdbc:clickhouse:" + clickhouse.url());
    pool.setUsername(clickhouse.username());
    pool.setPassword(clickhouse.password());
    // The embedded engine speaks no compression, and facts are small.
    pool.addDataSourceProperty("compress", "0");
    pool.setMaximumPoolSize(CONNECTIONS);
    pool.setMinimumIdle(0);
    pool.setConnectionTimeout(WAIT_MILLIS);
    pool.setValidationTimeout(WAIT_MILLIS / 2);
    pool.setInitializationFailTimeout(-1);
    return new HikariDataSource(pool);
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
