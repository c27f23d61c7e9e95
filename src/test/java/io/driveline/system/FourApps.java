package io.driveline.system;

import io.driveline.servers.FreePort;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The four apps, each in a process of its own, as in production, and what users do with them. */
final class FourApps extends Client implements AutoCloseable {

  private final List<AppProcess> all;

  private FourApps(URI webhook, URI api, List<AppProcess> all) {
    super(webhook, api);
    this.all = all;
  }

  /**
   * Starts all four, and does not wait. The stores need not be there.
   *
   * @param folder where their output goes
   */
  static FourApps start(Path folder, String mongodb, String rabbitmq, String redis)
      throws IOException {
    int webhook = FreePort.orAny(0);
    int api = FreePort.orAny(0);
    int grpc = FreePort.orAny(0);
    Map<String, String> common =
        Map.of(
            "DRIVELINE_LIVEMODE", "false",
            "DRIVELINE_MONGODB_URI", mongodb,
            "DRIVELINE_RABBITMQ_URI", rabbitmq);
    String grpcAddress = "127.0.0.1:" + grpc;
    List<AppProcess> all = new ArrayList<>();
    all.addAll(
        List.of(
            start(
                "grpc",
                folder,
                Map.of(
                    "DRIVELINE_MONGODB_URI",
                    mongodb,
                    "DRIVELINE_LIVEMODE",
                    "false",
                    "DRIVELINE_REDIS_URI",
                    redis,
                    "DRIVELINE_GRPC_HOST",
                    "127.0.0.1",
                    "DRIVELINE_GRPC_PORT",
                    String.valueOf(grpc))),
            start("worker", folder, with(common, "DRIVELINE_GRPC_ADDRESS", grpcAddress)),
            start(
                "api",
                folder,
                with(
                    with(common, "DRIVELINE_GRPC_ADDRESS", grpcAddress),
                    "DRIVELINE_API_KEYS_ADMIN",
                    KEY,
                    "DRIVELINE_API_PORT",
                    String.valueOf(api))),
            start(
                "webhook",
                folder,
                with(
                    common,
                    "DRIVELINE_WEBHOOK_SECRETS",
                    SECRET,
                    "DRIVELINE_WEBHOOK_PORT",
                    String.valueOf(webhook)))));
    return new FourApps(
        URI.create("http://127.0.0.1:" + webhook + "/webhook/v1/stripe"),
        URI.create("http://127.0.0.1:" + api),
        all);
  }

  private static AppProcess start(String app, Path folder, Map<String, String> settings)
      throws IOException {
    return AppProcess.start(app, folder, FreePort.orAny(0), settings);
  }

  private static Map<String, String> with(Map<String, String> settings, String... more) {
    Map<String, String> all = new HashMap<>(settings);
    for (int i = 0; i < more.length; i += 2) {
      all.put(more[i], more[i + 1]);
    }
    return all;
  }

  /** Whether every one is alive; one that ended is an error with its output. */
  boolean areLive() throws Exception {
    for (AppProcess app : all) {
      if (!app.isLive()) {
        return false;
      }
    }
    return true;
  }

  /** Kills the worker (-9) and starts another. */
  void restartWorker() throws Exception {
    all.set(1, all.get(1).killAndStartAgain());
  }

  /** In the order grpc, worker, api, webhook. */
  List<AppProcess> all() {
    return all;
  }

  @Override
  public void close() {
    all.parallelStream().forEach(AppProcess::close);
  }
}
