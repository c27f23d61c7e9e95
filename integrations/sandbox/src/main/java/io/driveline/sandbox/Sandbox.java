package io.driveline.sandbox;

/** Placeholder. */
public final class Sandbox {

  private Sandbox() {}

  public static void main(String[] args) {}
}
