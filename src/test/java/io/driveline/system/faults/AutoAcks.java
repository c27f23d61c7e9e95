package io.driveline.system.faults;

import io.driveline.system.Checkout;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A folder of routes for DRIVELINE_ROUTES, whose worker has RabbitMQ acknowledge by itself. */
final class AutoAcks {

  private static final String FILE = "worker/receive-events.camel.yaml";
  private static final String BEFORE = "        queues: worker_queue_v1\n";

  private AutoAcks() {}

  static Path routes(Path folder) throws IOException {
    String route = Files.readString(Checkout.ROOT.resolve("routes").resolve(FILE));
    if (!route.contains(BEFORE)) {
      throw new IllegalStateException(FILE + " has changed: the suite cannot break it any more");
    }
    Path target = folder.resolve("auto-acks").resolve(FILE);
    Files.createDirectories(target.getParent());
    Files.writeString(target, route.replace(BEFORE, BEFORE + "        acknowledgeMode: NONE\n"));
    return folder.resolve("auto-acks");
  }
}
