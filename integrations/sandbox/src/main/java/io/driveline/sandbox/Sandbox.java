package io.driveline.sandbox;

import io.driveline.sandbox.desk.Desk;
import io.driveline.sandbox.desk.Terminal;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CountDownLatch;

/**
 * What {@code ./driveline up}, {@code trigger}, {@code events} and {@code replay} run; and {@code
 * train}, which the images' build runs.
 */
public final class Sandbox {

  private static final int USAGE = 2;

  private Sandbox() {}

  /**
   * Runs one of the commands.
   *
   * @param args the command, then its own arguments
   */
  public static void main(String[] args) throws Exception {
    List<String> rest = args.length == 0 ? List.of() : Arrays.asList(args).subList(1, args.length);
    try {
      switch (args.length == 0 ? "" : args[0]) {
        case "up" -> up(UpOptions.read(rest, System.getenv()));
        case "trigger" -> System.exit(Trigger.run(rest, System.out, System.err));
        case "events", "replay" ->
            System.exit(
                Desk.run(args[0], rest, System.getenv(), Apps.API_KEY, Terminal.ofProcess()));
        case "train" -> Training.run(rest, System.out);
        default ->
            throw new UsageException("there are four commands: up, trigger, events and replay");
      }
    } catch (UsageException e) {
      System.err.println("driveline: " + e.getMessage());
      System.exit(USAGE);
    } catch (StartException e) {
      System.err.println("driveline: " + e.getMessage());
      System.exit(1);
    }
  }

  private static void up(UpOptions options) throws Exception {
    CountDownLatch ended = new CountDownLatch(1);
    RunningSandbox sandbox = RunningSandbox.start(options, System.out);
    Runtime.getRuntime()
        .addShutdownHook(
            new Thread(
                () -> {
                  System.out.println("\nStopping …");
                  sandbox.close();
                  System.out.println("Stopped.");
                  ended.countDown();
                },
                "sandbox-stop"));
    if (options.sample()) {
      sandbox.playSample();
    }
    sandbox.tellWhatNext();
    ended.await();
  }
}
