package io.driveline.sandbox.desk;

import java.time.Duration;
import java.util.List;
import java.util.Map;

/** What {@code ./driveline events} and {@code ./driveline replay} run, against any installation. */
public final class Desk {

  private static final Duration POLL = Duration.ofMillis(500);

  private Desk() {}

  /**
   * Runs one of the two commands.
   *
   * @param command {@code events} or {@code replay}
   * @param args its arguments
   * @param environment where the API key may be
   * @param sandboxKey the key of this machine's sandbox
   * @return the exit code: 0 if all is well, 1 if something failed or events are parked again, 2 if
   *     it was asked wrongly
   */
  public static int run(
      String command,
      List<String> args,
      Map<String, String> environment,
      String sandboxKey,
      Terminal terminal)
      throws InterruptedException {
    try {
      DeskOptions options = DeskOptions.read(command, args, environment, sandboxKey);
      try (DeskClient api = new DeskClient(options)) {
        return command.equals(DeskOptions.EVENTS)
            ? new EventsCommand(options, api, terminal).run()
            : new ReplayCommand(options, api, terminal, POLL).run();
      }
    } catch (DeskException e) {
      terminal.err().println("driveline: " + e.getMessage());
      return e.exitCode();
    }
  }
}
