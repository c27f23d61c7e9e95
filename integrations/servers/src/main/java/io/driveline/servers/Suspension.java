package io.driveline.servers;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** Lets a process hang, connected and silent, and go on again. Linux and macOS. */
public final class Suspension {

  private Suspension() {}

  /** Stops the process and all that it started. */
  public static void suspend(Process process) {
    signal("STOP", process);
  }

  /** Lets them go on. */
  public static void resume(Process process) {
    signal("CONT", process);
  }

  private static void signal(String name, Process process) {
    List<String> command = new ArrayList<>(List.of("kill", "-" + name));
    Stream.concat(process.descendants(), Stream.of(process.toHandle()))
        .map(each -> String.valueOf(each.pid()))
        .forEach(command::add);
    try {
      new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD).start().waitFor();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
