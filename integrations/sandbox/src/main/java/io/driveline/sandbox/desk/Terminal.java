package io.driveline.sandbox.desk;

import java.io.Console;
import java.io.PrintStream;

/**
 * Where a command talks.
 *
 * @param out what it was asked for
 * @param err everything else
 * @param interactive whether a person is there: bars are drawn, and questions asked
 * @param answer reads the answer to a question
 */
public record Terminal(
    PrintStream out,
    PrintStream err,
    boolean interactive,
    java.util.function.Supplier<String> answer) {

  /** This process's own. */
  public static Terminal ofProcess() {
    Console console = System.console();
    return new Terminal(
        System.out,
        System.err,
        console != null && console.isTerminal(),
        () -> console == null ? "" : console.readLine());
  }

  boolean confirms(String question) {
    err.print(question + " [y/N] ");
    err.flush();
    String said = answer.get();
    return said != null
        && (said.strip().equalsIgnoreCase("y") || said.strip().equalsIgnoreCase("yes"));
  }

  /** Text of somebody else's: no sign of it may steer the terminal. */
  static String plain(Object value) {
    return value == null ? "" : String.valueOf(value).replaceAll("[\\p{Cntrl}\\p{Cf}]+", " ");
  }

  /** 1,234 */
  static String number(long number) {
    return String.format(java.util.Locale.ROOT, "%,d", number);
  }

  /** {@code 1 event}, {@code 2 events} */
  static String count(long number, String of) {
    return number(number) + " " + of + (number == 1 ? "" : "s");
  }
}
