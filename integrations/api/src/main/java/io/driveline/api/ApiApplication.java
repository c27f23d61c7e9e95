package io.driveline.api;

import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.builder.SpringApplicationBuilder;

/** Driveline's REST API: objects, events, analytics. */
@SpringBootApplication(
    excludeName = {
      "org.springframework.boot.autoconfigure.data.redis.RedisAutoConfiguration",
      "org.springframework.boot.autoconfigure.data.redis.RedisReactiveAutoConfiguration"
    })
public class ApiApplication {

  /** Starts the app; its settings come from {@code DRIVELINE_*}. */
  public static void main(String[] args) {
    new SpringApplicationBuilder(ApiApplication.class)
        .properties("spring.config.name=driveline-api")
        .run(args);
  }
}
