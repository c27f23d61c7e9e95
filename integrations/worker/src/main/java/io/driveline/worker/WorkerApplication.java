package io.driveline.worker;

import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.builder.SpringApplicationBuilder;

/** The worker: takes events from the queue and the ledger, and applies them. */
@SpringBootApplication(
    excludeName = {
      "org.springframework.boot.autoconfigure.data.redis.RedisAutoConfiguration",
      "org.springframework.boot.autoconfigure.data.redis.RedisReactiveAutoConfiguration"
    })
public class WorkerApplication {

  /** The name of its settings file, {@code driveline-worker.yaml}. */
  static final String CONFIG_NAME = "spring.config.name=driveline-worker";

  /**
   * Starts the worker.
   *
   * @param args none; it is configured by {@code DRIVELINE_*}
   */
  public static void main(String[] args) {
    new SpringApplicationBuilder(WorkerApplication.class).properties(CONFIG_NAME).run(args);
  }
}
