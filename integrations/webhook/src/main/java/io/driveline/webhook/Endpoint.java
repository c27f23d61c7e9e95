package io.driveline.webhook;

import java.util.List;

/**
 * One of Stripe's webhook endpoints, as this app serves it.
 *
 * @param name the last part of its path
 * @param secrets those in force: several while one is rolled
 * @param live whether test-mode events are strange here
 */
record Endpoint(String name, List<String> secrets, boolean live) {

  /** The one whose path has no name. */
  static final String DEFAULT = "default";

  /** What a secret is called where it must not be shown. */
  String secretName(int index) {
    return name + "#" + (index + 1);
  }

  /** Without the secrets. */
  @Override
  public String toString() {
    return "Endpoint[" + name + "]";
  }
}
