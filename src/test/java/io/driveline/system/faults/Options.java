package io.driveline.system.faults;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;

/**
 * How to run the suite.
 *
 * @param storm how long the load lasts at least; it goes on until every fault came once
 * @param rate events a second, duplicates not counted
 * @param seed makes the events and the order of the faults
 * @param mongodb a MongoDB to use; null for one of the suite's own, which then has its faults, too
 * @param rabbitmq the same for RabbitMQ
 * @param redis the same for Redis
 * @param breakage a promise to break on purpose; null for none
 * @param restarts rounds of the rolling restart of all apps, as the only fault; 0 for all faults
 * @param brief the short form: the fewest faults, each once
 */
record Options(
    Duration storm,
    int rate,
    long seed,
    String mongodb,
    String rabbitmq,
    String redis,
    Breakage breakage,
    int restarts,
    boolean brief) {

  private static final int MOST_MINUTES = 24 * 60;
  private static final int MOST_A_SECOND = 2_000;
  private static final int MOST_RESTARTS = 1_000;
  private static final int ROUNDS = 3;

  /**
   * Reads a command line.
   *
   * @throws IllegalArgumentException if it is wrong; the message is for its user
   */
  static Options of(List<String> arguments) {
    Duration storm = Duration.ofMinutes(10);
    int rate = 50;
    long seed = ThreadLocalRandom.current().nextInt(1, 1_000_000);
    String mongodb = null;
    String rabbitmq = null;
    String redis = null;
    Breakage breakage = null;
    int restarts = 0;
    boolean brief = false;
    Deque<String> rest = new ArrayDeque<>(arguments);
    while (!rest.isEmpty()) {
      String option = rest.pop();
      switch (option) {
        case "--minutes" -> storm = Duration.ofMinutes(number(option, rest, MOST_MINUTES));
        case "--rate" -> rate = number(option, rest, MOST_A_SECOND);
        case "--seed" -> seed = number(option, rest, Integer.MAX_VALUE);
        case "--mongodb" -> mongodb = value(option, rest);
        case "--rabbitmq" -> rabbitmq = value(option, rest);
        case "--redis" -> redis = value(option, rest);
        case "--break" -> breakage = Breakage.of(value(option, rest));
        case "--restarts" -> restarts = number(option, rest, MOST_RESTARTS);
        case "--brief" -> brief = true;
        default -> throw new IllegalArgumentException("there is no option " + option);
      }
    }
    return new Options(storm, rate, seed, mongodb, rabbitmq, redis, breakage, restarts, brief);
  }

  /** The short form, as {@code ./driveline test} has it. */
  static Options brief(int rate, long seed) {
    return new Options(Duration.ofSeconds(30), rate, seed, null, null, null, null, 0, true);
  }

  /** How many rounds the rolling restart of all apps has. */
  int rounds() {
    return restarts > 0 ? restarts : brief ? 1 : ROUNDS;
  }

  private static String value(String option, Deque<String> rest) {
    if (rest.isEmpty()) {
      throw new IllegalArgumentException(option + " needs a value");
    }
    return rest.pop();
  }

  private static int number(String option, Deque<String> rest, int most) {
    String value = value(option, rest);
    try {
      int number = Integer.parseInt(value);
      if (number >= 1 && number <= most) {
        return number;
      }
    } catch (NumberFormatException e) {
      // told below
    }
    throw new IllegalArgumentException(option + " takes a number from 1 to " + most);
  }
}
