package io.driveline.system.cluster;

/** Something is not as it should be; the message says what. */
final class Wrong extends RuntimeException {

  private static final long serialVersionUID = 1L;

  Wrong(String what) {
    super(what);
  }

  static void unless(boolean right, String what) {
    if (!right) {
      throw new Wrong(what);
    }
  }
}
