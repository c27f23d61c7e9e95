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

  /** Configured by {@code DRIVELINE_*} alone. */
  public static void main(String[] args) {
    new SpringApplicationBuilder(WebhookApplication.class)
        .properties("spring.config.name=driveline-webhook")
        .run(args);
  }
}
