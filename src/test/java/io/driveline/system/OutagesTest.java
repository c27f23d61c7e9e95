package io.driveline.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.driveline.sandbox.stripe.SampleEvent;
import io.driveline.sandbox.stripe.SampleObjects;
import io.driveline.servers.FreePort;
import io.driveline.servers.mongodb.EmbeddedMongo;
import io.driveline.servers.rabbitmq.RabbitMQServer;
import io.driveline.servers.redis.EmbeddedRedis;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.io.TempDir;

/** The four apps in processes of their own, while the stores under them come and go. */
@EnabledIf(value = "isInstalled", disabledReason = "rabbitmq-server is not installed here")
class OutagesTest {

  private static final Duration PATIENCE = Duration.ofSeconds(90);
  private static final long CREATED = 1_700_000_000L;

  @TempDir Path folder;

  static boolean isInstalled() {
    return RabbitMQServer.isInstalled();
  }

  @Test
  void everyAppStartsWithoutItsStoresSaysWhatIsMissingAndComesRightByItself() throws Exception {
    int mongoPort = FreePort.orAny(0);
    RabbitMQServer rabbitmq = new RabbitMQServer(folder);
    try (EmbeddedRedis redis = EmbeddedRedis.start(0, null);
        rabbitmq;
        FourApps apps =
            FourApps.start(
                folder, "mongodb://127.0.0.1:" + mongoPort, rabbitmq.uri(), redis.uri())) {
      await().atMost(PATIENCE).until(apps::areLive);
      SampleEvent early = SampleObjects.event("invoice.paid", "early", CREATED);
      await().atMost(PATIENCE).until(() -> apps.post(early) == 503);
      for (AppProcess app : apps.all()) {
        await().atMost(PATIENCE).until(() -> app.output().contains("MongoDB"));
      }
      assertThat(apps.all().get(1).output()).contains("RabbitMQ");
      assertThat(apps.all().get(3).output()).contains("RabbitMQ");

      Path stored = folder.resolve("driveline.mv.db");
      EmbeddedMongo mongo = EmbeddedMongo.start(stored, mongoPort);
      try {
        // The ledger alone is enough for a 200.
        await().atMost(PATIENCE).until(() -> apps.post(early) == 200);

        rabbitmq.start();
        await().atMost(PATIENCE).until(() -> apps.state(early.id()).equals("applied"));
        SampleEvent late = SampleObjects.event("invoice.paid", "late", CREATED);
        assertThat(apps.post(late)).isEqualTo(200);
        await().atMost(PATIENCE).until(() -> apps.state(late.id()).equals("applied"));
        assertThat(apps.json("/api/v1/objects/invoice/" + late.objectId()).path("id").asText())
            .isEqualTo(late.objectId());

        rabbitmq.kill();
        List<SampleEvent> meanwhile =
            IntStream.range(0, 20)
                .mapToObj(i -> SampleObjects.event("invoice.paid", "meanwhile" + i, CREATED))
                .toList();
        for (SampleEvent event : meanwhile) {
          assertThat(apps.post(event)).isEqualTo(200);
        }
        for (SampleEvent event : meanwhile) {
          await().atMost(PATIENCE).until(() -> apps.state(event.id()).equals("applied"));
          assertThat(apps.json("/api/v1/events/" + event.id()).path("reason").asText())
              .startsWith("its announcement is owed");
        }
        for (AppProcess app : apps.all()) {
          assertThat(app.isReady()).isTrue();
        }

        rabbitmq.start();
        for (SampleEvent event : meanwhile) {
          await()
              .atMost(PATIENCE)
              .until(() -> apps.json("/api/v1/events/" + event.id()).path("due").isNull());
        }
        SampleEvent after = SampleObjects.event("invoice.paid", "after", CREATED);
        assertThat(apps.post(after)).isEqualTo(200);
        await().atMost(PATIENCE).until(() -> apps.state(after.id()).equals("applied"));

        List<SampleEvent> crashed =
            IntStream.range(0, 100)
                .mapToObj(i -> SampleObjects.event("customer.updated", "crashed" + i, CREATED))
                .toList();
        for (SampleEvent event : crashed.subList(0, 50)) {
          assertThat(apps.post(event)).isEqualTo(200);
        }
        apps.restartWorker();
        for (SampleEvent event : crashed.subList(50, 100)) {
          assertThat(apps.post(event)).isEqualTo(200);
        }
        for (SampleEvent event : crashed) {
          await().atMost(PATIENCE).until(() -> apps.state(event.id()).equals("applied"));
        }

        mongo.close();
        SampleEvent queued = SampleObjects.event("invoice.paid", "queued", CREATED);
        assertThat(apps.post(queued)).isEqualTo(200);
        mongo = EmbeddedMongo.start(stored, mongoPort);
        await().atMost(PATIENCE).until(() -> apps.state(queued.id()).equals("applied"));
      } finally {
        mongo.close();
      }
    }
  }
}
