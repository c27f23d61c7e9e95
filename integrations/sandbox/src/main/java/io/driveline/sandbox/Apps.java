package io.driveline.sandbox;

import io.driveline.api.ApiApplication;
import io.driveline.grpc.GrpcApplication;
import io.driveline.runtime.settings.WrongSettingException;
import io.driveline.webhook.WebhookApplication;
import io.driveline.worker.WorkerApplication;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.stream.Stream;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;

/** The four apps in this process, each as it starts alone, but for its settings. */
final class Apps implements AutoCloseable {

  static final String WEBHOOK_SECRET = "whsec_sandbox";
  static final String API_KEY = "dk_sandbox_admin";
  static final String LOGIN = "sandbox";

  private final Deque<ConfigurableApplicationContext> running = new ArrayDeque<>();

  private final String missing;
  private final Path lock;
  private String starting;

  private Apps(String missing, Path lock) {
    this.missing = missing;
    this.lock = lock;
  }

  /**
   * Starts them in the order in which they need each other; the webhook lets the world in, last.
   *
   * @param missing one that is left out, such as {@code worker}; null for none
   */
  static Apps startBut(
      String missing, UpOptions options, Ports ports, Stores stores, Progress progress)
      throws StartException {
    Apps apps = new Apps(missing, lock());
    List<String> common = common(options, ports, stores);
    if (options.mongodbUri() == null) {
      // The workers of an embedded ledger are the one here; of another there may be more.
      common.add("worker.lock-folder=" + apps.lock);
    }
    common.add("worker.leader-election=file");
    try {
      apps.start(
          GrpcApplication.class,
          "grpc",
          common,
          progress,
          "grpc.port=" + ports.grpc(),
          "management.port=" + ports.grpcManagement());
      apps.start(
          WorkerApplication.class,
          "worker",
          common,
          progress,
          "management.port=" + ports.workerManagement());
      apps.start(
          ApiApplication.class,
          "api",
          common,
          progress,
          "api.port=" + ports.api(),
          "api.keys.admin=" + API_KEY,
          "management.port=" + ports.apiManagement());
      apps.start(
          WebhookApplication.class,
          "webhook",
          common,
          progress,
          "webhook.port=" + ports.webhook(),
          "webhook.secrets=" + secrets(options),
          "management.port=" + ports.webhookManagement());
      return apps;
    } catch (RuntimeException e) {
      apps.close();
      progress.failed("");
      throw new StartException(apps.starting + " does not start: " + cause(e));
    }
  }

  private static Path lock() throws StartException {
    try {
      return Files.createTempDirectory("driveline-lock");
    } catch (IOException e) {
      throw new StartException("the folder for temporary files cannot be written to");
    }
  }

  /** What started it all says most. */
  private static String cause(Throwable failure) {
    Throwable cause = failure;
    while (cause.getCause() != null && !(cause instanceof WrongSettingException)) {
      cause = cause.getCause();
    }
    return cause.getMessage() == null ? cause.toString() : cause.getMessage();
  }

  /** The sandbox's own stays valid beside the one of {@code stripe listen}. */
  private static String secrets(UpOptions options) {
    return options.webhookSecrets() == null
        ? WEBHOOK_SECRET
        : WEBHOOK_SECRET + "," + options.webhookSecrets();
  }

  private static List<String> common(UpOptions options, Ports ports, Stores stores) {
    List<String> common =
        new ArrayList<>(
            List.of(
                "address=127.0.0.1",
                "livemode=false",
                "mongodb.uri=" + stores.mongodbUri(),
                "rabbitmq.uri=" + stores.rabbitmqUri(),
                "redis.uri=" + stores.redisUri(),
                "grpc.address=127.0.0.1:" + ports.grpc(),
                "management.username=" + LOGIN,
                "management.password=" + LOGIN));
    if (stores.clickhouseUrl() != null) {
      common.add("clickhouse.url=" + stores.clickhouseUrl());
    }
    if (options.routes() != null) {
      common.add("routes=" + options.routes());
      common.add("routes-reload=true");
    }
    return common;
  }

  private void start(
      Class<?> app, String name, List<String> common, Progress progress, String... own) {
    if (name.equals(missing)) {
      return;
    }
    starting = "driveline-" + name;
    progress.begin(starting);
    List<String> args = new ArrayList<>();
    common.forEach(setting -> args.add("--driveline." + setting));
    for (String setting : own) {
      args.add("--driveline." + setting);
    }
    // What is wrong is told once, by the sandbox.
    args.add("--driveline-embedded=true");
    args.add("--logging.config=classpath:logback.xml");
    running.push(
        new SpringApplicationBuilder(app)
            .properties("spring.config.name=driveline-" + name)
            // The sandbox stops its parts in order itself.
            .registerShutdownHook(false)
            .run(args.toArray(String[]::new)));
    progress.done();
  }

  @Override
  public void close() {
    while (!running.isEmpty()) {
      running.pop().close();
    }
    try (Stream<Path> files = Files.walk(lock)) {
      files.sorted(Comparator.reverseOrder()).map(Path::toFile).forEach(File::delete);
    } catch (IOException e) {
      // It lies where the system cleans up.
    }
  }
}
