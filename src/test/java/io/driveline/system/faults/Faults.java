package io.driveline.system.faults;

import java.util.List;

/** {@code ./driveline faults}: proves the promises while everything is being killed. */
public final class Faults {

  private Faults() {}

  /**
   * Runs the suite.
   *
   * @param args as {@code ./driveline faults --help} tells; ends with 0 if every promise was kept,
   *     1 if not, 2 for a wrong option
   */
  public static void main(String[] args) throws Exception {
    Options options;
    try {
      options = Options.of(List.of(args));
    } catch (IllegalArgumentException e) {
      System.err.println("driveline: " + e.getMessage() + "; see ./driveline faults --help");
      System.exit(2);
      return;
    }
    System.exit(new FaultSuite(options, System.out).run().isGood() ? 0 : 1);
  }
}
