package io.driveline.api;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

class ApiApplicationTest {

  @Test
  void startsWithoutAnyStore() {
    try (ApiProcess api =
        new ApiProcess(
            Map.of(
                "driveline.mongodb.uri", "mongodb://127.0.0.1:1",
                "driveline.rabbitmq.uri", "amqp://127.0.0.1:1",
                "driveline.grpc.address", "127.0.0.1:1"))) {
      ApiProcess.Answer health = api.send("GET", "/api/v1/health", null);
      System.err.println(health.http().headers() + health.text());
      for (String p :
          new String[] {
            "/api/v1/stats/counts",
            "/api/v1/objects/customer",
            "/api/v1/objects/customer/cus_1",
            "/api/v1/events",
            "/api/v1/events/evt_1",
            "/api/v1/openapi.yaml",
            "/api/v1/openapi.json",
            "/api/v1/analytics/revenue",
            "/api/v1/x",
            "/",
            "/x",
            "/api/v1/events?limit=0"
          }) {
        for (String k : new String[] {null, "Bearer " + ApiProcess.READ}) {
          long t = System.nanoTime();
          ApiProcess.Answer a = api.send("GET", p, k);
          System.err.println(
              "### "
                  + p
                  + " "
                  + a.status()
                  + " "
                  + (System.nanoTime() - t) / 1000000
                  + " ms "
                  + a.http().headers().map()
                  + " "
                  + (a.text().length() > 300 ? a.text().substring(0, 300) : a.text()));
        }
      }
      for (String m : new String[] {"POST", "HEAD", "OPTIONS", "DELETE", "TRACE"}) {
        ApiProcess.Answer a = api.send(m, "/api/v1/events", "Bearer " + ApiProcess.WRITE);
        System.err.println(
            "### " + m + " " + a.status() + " " + a.http().headers().map() + " " + a.text());
      }
      assertThat(health.status()).isEqualTo(200);
    }
  }
}
