package io.driveline.system.images;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/**
 * How to prove the images.
 *
 * @param apps whose images
 * @param load how long they are kept busy
 * @param rest how long they are left alone before they are measured
 * @param rate events a second, and as many reads
 * @param build whether they are built first
 * @param brief the short form: the webhook's image alone, and not for long
 */
record ProofOptions(
    List<String> apps, Duration load, Duration rest, int rate, boolean build, boolean brief) {

  private static final int MOST_MINUTES = 24 * 60;
  private static final int MOST_A_SECOND = 500;

  /** In the order in which they need each other. */
  private static final List<String> ALL = List.of("grpc", "worker", "api", "webhook");

  /**
   * Reads a command line.
   *
   * @throws IllegalArgumentException if it is wrong; the message is for its user
   */
  static ProofOptions of(List<String> arguments) {
    Duration load = Duration.ofMinutes(5);
    Duration rest = Duration.ofMinutes(10);
    int rate = 30;
    boolean build = true;
    boolean brief = false;
    Deque<String> left = new ArrayDeque<>(arguments);
    while (!left.isEmpty()) {
      String option = left.pop();
      switch (option) {
        case "--load-minutes" -> load = Duration.ofMinutes(number(option, left, MOST_MINUTES));
        case "--rest-minutes" -> rest = Duration.ofMinutes(number(option, left, MOST_MINUTES));
        case "--rate" -> rate = number(option, left, MOST_A_SECOND);
        case "--as-built" -> build = false;
        case "--brief" -> brief = true;
        default -> throw new IllegalArgumentException("images --prove has no option " + option);
      }
    }
    return brief ? brief(build) : new ProofOptions(ALL, load, rest, rate, build, false);
  }

  /** The short form, as {@code ./driveline test} has it. */
  static ProofOptions brief(boolean build) {
    return new ProofOptions(
        List.of("webhook"), Duration.ofSeconds(15), Duration.ofSeconds(5), 10, build, true);
  }

  private static int number(String option, Deque<String> left, int most) {
    try {
      int number = left.isEmpty() ? 0 : Integer.parseInt(left.pop());
      if (number >= 1 && number <= most) {
        return number;
      }
    } catch (NumberFormatException e) {
      // told below
    }
    throw new IllegalArgumentException(option + " takes a number from 1 to " + most);
  }
}
