package io.driveline.webhook;

import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.builder.SpringApplicationBuilder;

/** Takes in Stripe's events. */
@SpringBootApplication(
    excludeName = {
      "org.springframework.boot.autoconfigure.data.redis.RedisAutoConfiguration",
      "org.springframework.boot.autoconfigure.data.redis.RedisReactiveAutoConfiguration"
    })
public class WebhookApplication {

  /** The name of its settings file, {@code driveline-webhook.yaml}. */
  static final String CONFIG_NAME = "spring.config.name=driveline-webhook";

  /**
   * Starts the webhook.
   *
   * @param args none; it is configured by {@code DRIVELINE_*}
   */
  public static void main(String[] args) {
    new SpringApplicationBuilder(WebhookApplication.class).properties(CONFIG_NAME).run(args);
  }
}
