package io.driveline.runtime.routes;

/**
 * A file of an app's folder of routes, as it was read.
 *
 * @param name its name in that folder; the same name overrides
 * @param shown how messages name it: with its folder
 * @param text all of it
 * @param shipped whether it came with the app, not from the folder outside the jar
 */
public record RouteFile(String name, String shown, String text, boolean shipped) {

  static final String SUFFIX = ".camel.yaml";

  /** A file that did not come with the app. */
  public RouteFile(String name, String shown, String text) {
    this(name, shown, text, false);
  }

  /** Whether it holds routes; if not, routes name it, as they do an OpenAPI document. */
  boolean holdsRoutes() {
    return name.endsWith(SUFFIX);
  }
}
