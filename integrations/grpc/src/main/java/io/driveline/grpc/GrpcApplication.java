package io.driveline.grpc;

import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.builder.SpringApplicationBuilder;

/** Serves the billing contract over gRPC, and owns the cache. */
@SpringBootApplication(excludeName = "io.driveline.runtime.rabbitmq.RabbitMQConfiguration")
public class GrpcApplication {

  /** Configured by {@code DRIVELINE_*} alone. */
  public static void main(String[] args) {
    new SpringApplicationBuilder(GrpcApplication.class)
        .properties("spring.config.name=driveline-grpc")
        .run(args);
  }
}
