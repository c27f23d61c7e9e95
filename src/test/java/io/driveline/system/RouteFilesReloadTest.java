package io.driveline.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.mongodb.client.MongoClient;
import com.mongodb.client.MongoClients;
import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import com.rabbitmq.client.MessageProperties;
import io.driveline.api.ApiApplication;
import io.driveline.billing.v1.BillingServiceGrpc;
import io.driveline.billing.v1.GetObjectRequest;
import io.driveline.billing.v1.ObjectKey;
import io.driveline.grpc.GrpcApplication;
import io.driveline.servers.FreePort;
import io.driveline.servers.mongodb.EmbeddedMongo;
import io.driveline.servers.rabbitmq.EmbeddedBroker;
import io.driveline.servers.redis.EmbeddedRedis;
import io.driveline.worker.WorkerApplication;
import io.grpc.ManagedChannel;
import io.grpc.netty.NettyChannelBuilder;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.apache.camel.CamelContext;
import org.bson.Document;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;

/** The shipped routes, edited while each app runs. */
class RouteFilesReloadTest {

  private static final Path ROUTES = Path.of("../../routes");
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  private static EmbeddedMongo mongo;
  private static EmbeddedBroker broker;
  private static EmbeddedRedis redis;
  private static MongoClient client;

  @TempDir private Path folder;
  private ConfigurableApplicationContext app;

  @BeforeAll
  static void startStores() throws Exception {
    mongo = EmbeddedMongo.start(null, 0);
    broker = EmbeddedBroker.start(0);
    redis = EmbeddedRedis.start(0, null);
    client = MongoClients.create(mongo.uri());
  }

  @AfterAll
  static void stopStores() throws Exception {
    client.close();
    redis.close();
    broker.close();
    mongo.close();
  }

  @AfterEach
  void stop() {
    if (app != null) {
      app.close();
    }
  }

  private void start(Class<?> type, String name, String... own) {
    List<String> args =
        new ArrayList<>(
            List.of(
                "routes=" + folder,
                "routes-reload=true",
                "address=127.0.0.1",
                "livemode=false",
                "mongodb.uri=" + mongo.uri(),
                "rabbitmq.uri=" + broker.uri(),
                "redis.uri=" + redis.uri(),
                "management.port=0"));
    args.addAll(List.of(own));
    app =
        new SpringApplicationBuilder(type)
            .properties("spring.config.name=driveline-" + name)
            .run(args.stream().map(arg -> "--driveline." + arg).toArray(String[]::new));
  }

  private void edit(String file, String from, String to) throws IOException {
    String text = Files.readString(ROUTES.resolve(file));
    assertThat(text).contains(from);
    Path edited = folder.resolve(file);
    Files.createDirectories(edited.getParent());
    Files.writeString(edited, text.replace(from, to));
  }

  private Object running(String route) {
    return app.getBean(CamelContext.class).getRoute(route);
  }

  @Test
  void theGrpcServerIsReplacedAndServesOn() throws Exception {
    int port = FreePort.orAny(0);
    start(GrpcApplication.class, "grpc", "grpc.port=" + port);
    ManagedChannel channel =
        NettyChannelBuilder.forAddress("127.0.0.1", port).usePlaintext().build();
    try {
      assertThatThrownBy(() -> getNobody(channel))
          .hasMessageStartingWith("NOT_FOUND: there is no ");

      edit("grpc/query-objects.camel.yaml", "there is no ", "nobody knows ");
      await()
          .atMost(PATIENCE)
          .untilAsserted(
              () ->
                  assertThatThrownBy(() -> getNobody(channel))
                      .hasMessageStartingWith("NOT_FOUND: nobody knows "));

      Object before = running("grpc-serve-billing");
      edit("grpc/serve-billing.camel.yaml", "max-concurrent-calls:256", "max-concurrent-calls:128");
      await().atMost(PATIENCE).until(() -> running("grpc-serve-billing") != before);
      await()
          .atMost(PATIENCE)
          .untilAsserted(
              () ->
                  assertThatThrownBy(() -> getNobody(channel))
                      .hasMessageStartingWith("NOT_FOUND: nobody knows "));
    } finally {
      channel.shutdownNow();
    }
  }

  private static void getNobody(ManagedChannel channel) {
    BillingServiceGrpc.newBlockingStub(channel)
        .withWaitForReady()
        .withDeadlineAfter(10, TimeUnit.SECONDS)
        .getObject(
            GetObjectRequest.newBuilder()
                .setKey(ObjectKey.newBuilder().setType("customer").setId("cus_nobody"))
                .build());
  }

  @Test
  void theApisContractAndItsErrorsAreReplaced() throws Exception {
    int port = FreePort.orAny(0);
    start(
        ApiApplication.class,
        "api",
        "api.port=" + port,
        "api.keys.admin=dk_test_0123456789",
        "grpc.address=127.0.0.1:1");
    assertThat(get(port, "/api/v1/health")).startsWith("200 {\"status\"");

    edit("api/rest-contract.camel.yaml", "{\\\"status\\\":", "{\\\"state\\\":");
    awaitAnswer(port, "/api/v1/health", "200 {\"state\"");
    assertThat(get(port, "/api/v1/nothing")).startsWith("404");

    edit("api/openapi.yaml", "title: Driveline", "title: Ours");
    await()
        .atMost(PATIENCE)
        .untilAsserted(() -> assertThat(get(port, "/api/v1/openapi.yaml")).contains("title: Ours"));

    Object before = running("api-get-health");
    edit("api/errors.camel.yaml", "How the api app answers", "What the api app answers");
    await().atMost(PATIENCE).until(() -> running("api-get-health") != before);
    awaitAnswer(port, "/api/v1/health", "200 {\"state\"");
  }

  @Test
  void aPathThatNoRouteServesAnyMoreIsGone() throws Exception {
    int port = FreePort.orAny(0);
    start(
        ApiApplication.class,
        "api",
        "api.port=" + port,
        "api.keys.admin=dk_test_0123456789",
        "grpc.address=127.0.0.1:1");
    Path file = folder.resolve("api").resolve("extra.camel.yaml");
    Files.createDirectories(file.getParent());
    Files.writeString(file, EXTRA);
    awaitAnswer(port, "/api/v1/extra", "200 here");

    Files.writeString(file, EXTRA.replace("path: /api/v1/extra", "path: /api/v1/other"));
    awaitAnswer(port, "/api/v1/other", "200 here");
    awaitAnswer(port, "/api/v1/extra", "404");

    Files.delete(file);
    awaitAnswer(port, "/api/v1/other", "404");
  }

  private static final String EXTRA =
      """
      - route:
          id: api-extra
          description: Another path.
          from:
            id: from-extra
            uri: platform-http
            parameters:
              path: /api/v1/extra
            steps:
              - removeHeaders:
                  id: forget-request
                  pattern: "*"
              - setBody:
                  id: say-here
                  expression:
                    constant:
                      expression: here
      """;

  private static void awaitAnswer(int port, String path, String start) {
    await().atMost(PATIENCE).untilAsserted(() -> assertThat(get(port, path)).startsWith(start));
  }

  private static String get(int port, String path) throws Exception {
    HttpResponse<String> answer =
        HttpClient.newHttpClient()
            .send(
                HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                    .header("Authorization", "Bearer dk_test_0123456789")
                    .build(),
                HttpResponse.BodyHandlers.ofString());
    return answer.statusCode() + " " + answer.body();
  }

  @Test
  void noEventIsLostOrParkedWhileTheWorkersRoutesAreReplaced() throws Exception {
    start(WorkerApplication.class, "worker", "grpc.address=127.0.0.1:1", "worker.lease=5s");
    ConnectionFactory factory = new ConnectionFactory();
    factory.setUri(broker.uri());
    try (Connection connection = factory.newConnection();
        Channel channel = connection.createChannel()) {
      int sent = 0;
      String[][] edits = {
        {"worker/apply-event.camel.yaml", "finished and held", "held and finished"},
        {"worker/receive-events.camel.yaml", "prefetch:16", "prefetch:8"},
        {"worker/errors.camel.yaml", "retry-delay:200", "retry-delay:100"},
        {"worker/settle-order.camel.yaml", "Two first writes", "Both first writes"},
      };
      for (String[] edit : edits) {
        Object before = running("worker-apply-event");
        Object receiving = running("worker-receive-events");
        edit(edit[0], edit[1], edit[2]);
        // Events come in all the while.
        for (int i = 0; i < 200; i++) {
          send(channel, ++sent);
        }
        String file = folder.resolve(edit[0]).toString();
        await()
            .atMost(PATIENCE)
            .until(
                () ->
                    running("worker-apply-event") != before
                        || running("worker-receive-events") != receiving
                        || file.contains("settle-order"));
      }
      int all = sent;
      await().atMost(Duration.ofSeconds(60)).until(() -> count("applied") == all);
      assertThat(count("parked")).isZero();
    }
  }

  private static void send(Channel channel, int number) throws IOException {
    channel.basicPublish(
        "driveline.events",
        "customer.updated",
        MessageProperties.PERSISTENT_TEXT_PLAIN,
        """
        {"id":"evt_%d","type":"customer.updated","created":%d,
         "data":{"object":{"id":"cus_%d","object":"customer"}}}"""
            .formatted(number, number, number % 7)
            .getBytes(StandardCharsets.UTF_8));
  }

  private static long count(String state) {
    return client
        .getDatabase("driveline")
        .getCollection("events")
        .countDocuments(new Document("state", state));
  }
}
