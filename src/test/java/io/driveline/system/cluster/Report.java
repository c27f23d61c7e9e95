package io.driveline.system.cluster;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;

/**
 * Prints each thing that was tried and how it ended, and counts. Several parts write to it at once.
 */
final class Report {

  /** What is tried; the answer, if it is not empty, is printed behind it. */
  @FunctionalInterface
  interface Attempt {
    String make() throws Exception;
  }

  /** Ends a part whose next attempts would build on one that failed. */
  static final class Abandoned extends Exception {

    private static final long serialVersionUID = 1L;

    private Abandoned(Throwable cause) {
      super(cause);
    }
  }

  private final PrintStream out;
  private final List<String> good = new ArrayList<>();
  private final List<String> bad = new ArrayList<>();
  private final List<String> leftOut = new ArrayList<>();

  Report(PrintStream out) {
    this.out = out;
  }

  void tried(String claim, Attempt attempt) throws Abandoned {
    long started = System.nanoTime();
    try {
      String found = attempt.make();
      ended(good, "ok", claim, found, started);
    } catch (Exception e) {
      if (e instanceof InterruptedException) {
        Thread.currentThread().interrupt();
      }
      ended(bad, "FAILED", claim, e instanceof Wrong ? e.getMessage() : e.toString(), started);
      throw new Abandoned(e);
    }
  }

  /** A part ended in the midst of it. */
  synchronized void broke(String what, Throwable why) {
    bad.add(what);
    out.printf(
        "  %-6s          %s: %s%n", "FAILED", what, why instanceof Wrong ? why.getMessage() : why);
  }

  synchronized void leftOut(String claim, String why) {
    leftOut.add(claim);
    out.printf("  left out      %s: %s%n", claim, why);
  }

  synchronized void say(String line) {
    out.println(line);
  }

  private synchronized void ended(
      List<String> list, String word, String claim, String found, long started) {
    list.add(claim);
    String detail = found.isEmpty() ? "" : ": " + found.strip().replace("\n", "\n        ");
    double seconds = (System.nanoTime() - started) / 1e9;
    out.printf("  %-6s %5.1f s  %s%s%n", word, seconds, claim, detail);
  }

  /** The claims that did not hold. */
  synchronized List<String> failed() {
    return List.copyOf(bad);
  }

  /** The claims that held. */
  synchronized List<String> held() {
    return List.copyOf(good);
  }

  synchronized String total() {
    return "%d tried: %d held, %d failed; %d left out"
        .formatted(good.size() + bad.size(), good.size(), bad.size(), leftOut.size());
  }
}
