package io.driveline.api;

/** Placeholder. */
public final class ApiApplication {

  private ApiApplication() {}

  public static void main(String[] args) {}
}
