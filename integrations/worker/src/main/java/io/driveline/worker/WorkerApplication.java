package io.driveline.worker;

/** Placeholder. */
public final class WorkerApplication {

  private WorkerApplication() {}

  public static void main(String[] args) {}
}
