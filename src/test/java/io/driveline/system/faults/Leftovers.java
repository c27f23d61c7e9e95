package io.driveline.system.faults;

import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;

/** What a run has started, ended in reverse order at its end, or when its user interrupts it. */
final class Leftovers implements AutoCloseable {

  private final Deque<AutoCloseable> open = new ArrayDeque<>();
  private final Thread atExit = new Thread(this::interrupted);
  private final Path folder;

  /**
   * @param folder told when the run is interrupted
   */
  Leftovers(Path folder) {
    this.folder = folder;
    Runtime.getRuntime().addShutdownHook(atExit);
  }

  synchronized <T extends AutoCloseable> T keep(T started) {
    open.push(started);
    return started;
  }

  private void interrupted() {
    end();
    System.err.println("Interrupted; the logs are in " + folder);
  }

  private synchronized void end() {
    while (!open.isEmpty()) {
      try {
        open.pop().close();
      } catch (Exception e) {
        System.err.println("could not be ended: " + e);
      }
    }
  }

  @Override
  public void close() {
    end();
    try {
      Runtime.getRuntime().removeShutdownHook(atExit);
    } catch (IllegalStateException e) {
      // The JVM ends; the hook finds nothing left to do.
    }
  }
}
