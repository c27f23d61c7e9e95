package io.driveline.system;

import io.driveline.sandbox.RunningSandbox;
import io.driveline.sandbox.StartException;
import io.driveline.sandbox.UpOptions;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.ThreadLocalRandom;

/** A sandbox on ports of its own, and what its users do with it. */
final class Driveline extends Client implements AutoCloseable {

  private static final int TRIES = 20;

  private final RunningSandbox sandbox;
  private final ByteArrayOutputStream told;

  private Driveline(RunningSandbox sandbox, ByteArrayOutputStream told) {
    super(sandbox.webhook(), sandbox.api());
    this.sandbox = sandbox;
    this.told = told;
  }

  /** One with the given stores; null for an embedded one each. */
  static Driveline start(Path routes, String mongodb, String rabbitmq, String redis)
      throws StartException {
    ByteArrayOutputStream told = new ByteArrayOutputStream();
    PrintStream out = new PrintStream(told, true, StandardCharsets.UTF_8);
    for (int tries = 1; ; tries++) {
      int offset = ThreadLocalRandom.current().nextInt(1_000, 9_000);
      try {
        return new Driveline(
            RunningSandbox.start(
                new UpOptions(false, null, routes, offset, mongodb, rabbitmq, redis, null, null),
                out),
            told);
      } catch (StartException e) {
        // A port of this offset may be taken; anything else is no matter of chance.
        if (tries == TRIES || !e.getMessage().contains(" taken")) {
          throw e;
        }
      }
    }
  }

  RunningSandbox sandbox() {
    return sandbox;
  }

  /** What the sandbox has printed. */
  String told() {
    return told.toString(StandardCharsets.UTF_8);
  }

  @Override
  public void close() {
    sandbox.close();
  }
}
