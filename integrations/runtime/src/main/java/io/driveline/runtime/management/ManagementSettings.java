package io.driveline.runtime.management;

import io.driveline.runtime.settings.Settings;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;

/**
 * Who may use the management port: {@code driveline.management.*}.
 *
 * @param username {@code driveline.management.username}, default {@code driveline}
 * @param password {@code driveline.management.password}; empty, Hawtio and Jolokia are closed
 * @param metricsLogin {@code driveline.management.metrics-login}, default false: whether a scrape
 *     of the metrics needs the login too
 */
record ManagementSettings(String username, String password, boolean metricsLogin) {

  static ManagementSettings from(Settings settings) {
    return new ManagementSettings(
        settings.text("driveline.management.username", "driveline"),
        settings.text("driveline.management.password", ""),
        settings.flag("driveline.management.metrics-login", false));
  }

  boolean hasLogin() {
    return !password.isEmpty();
  }

  /** Takes as long for a wrong login as for the right one. */
  boolean isLogin(String name, String secret) {
    return hasLogin() & same(username, name) & same(password, secret);
  }

  private static boolean same(String expected, String given) {
    return MessageDigest.isEqual(
        expected.getBytes(StandardCharsets.UTF_8), given.getBytes(StandardCharsets.UTF_8));
  }

  /** Without the password. */
  @Override
  public String toString() {
    return "ManagementSettings[username=" + username + "]";
  }
}
