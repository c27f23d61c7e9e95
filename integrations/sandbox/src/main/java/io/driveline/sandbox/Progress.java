package io.driveline.sandbox;

import java.io.PrintStream;

/** Says what is being done, and how long it took. */
final class Progress {

  private static final int WIDTH = 28;

  private final PrintStream out;
  private long begun;

  Progress(PrintStream out) {
    this.out = out;
  }

  void begin(String what) {
    begun = System.nanoTime();
    out.print(("  %-" + WIDTH + "s").formatted(what + " …"));
    out.flush();
  }

  void done() {
    out.println("%.1f s".formatted((System.nanoTime() - begun) / 1e9));
  }

  void failed(String why) {
    out.println(why);
  }
}
