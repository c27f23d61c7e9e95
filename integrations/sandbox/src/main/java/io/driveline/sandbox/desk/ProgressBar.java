package io.driveline.sandbox.desk;

import java.time.Duration;

/**
 * How far something is: a bar on a terminal, which is drawn over itself, and otherwise a line now
 * and then.
 */
final class ProgressBar {

  private static final int WIDTH = 30;
  private static final Duration LINES = Duration.ofSeconds(5);

  private final Terminal terminal;
  private long lastLine = System.nanoTime();
  private String lastText = "";
  private boolean drawn;

  ProgressBar(Terminal terminal) {
    this.terminal = terminal;
  }

  /**
   * Shows where it is.
   *
   * @param total how much there is to do; 0 if nobody knows
   * @param text what is done
   */
  void show(long done, long total, String text) {
    if (terminal.interactive()) {
      int filled = total == 0 ? 0 : (int) (WIDTH * Math.min(done, total) / total);
      String bar = total == 0 ? "" : "[" + "#".repeat(filled) + "-".repeat(WIDTH - filled) + "] ";
      terminal.err().print("\r\u001b[K" + bar + text);
      terminal.err().flush();
      drawn = true;
      return;
    }
    long now = System.nanoTime();
    if (!text.equals(lastText) && now - lastLine >= LINES.toNanos()) {
      terminal.err().println(text);
      lastText = text;
      lastLine = now;
    }
  }

  /** Goes away, so that something else can be said. */
  void clear() {
    if (drawn) {
      terminal.err().print("\r\u001b[K");
      terminal.err().flush();
      drawn = false;
    }
  }
}
