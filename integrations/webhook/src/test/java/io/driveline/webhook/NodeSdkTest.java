package io.driveline.webhook;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.driveline.servers.mongodb.EmbeddedMongo;
import io.driveline.servers.rabbitmq.EmbeddedBroker;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Posts signed by Stripe's SDK for Node. Left out where npm cannot fetch it. */
class NodeSdkTest {

  private static final Path FOLDER = Path.of("target", "node").toAbsolutePath();
  private static final String STRIPE = "stripe@18.5.0";

  private static final String SCRIPT =
      """
      const stripe = require('stripe')('sk_test_unused');
      const [url, secret, payload] = process.argv.slice(1);
      const header = stripe.webhooks.generateTestHeaderString({ payload, secret });
      fetch(url, { method: 'POST', body: payload, headers: { 'Stripe-Signature': header } })
        .then(answer => console.log(answer.status));
      """;

  private static String run(List<String> command) throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder(command).directory(FOLDER.toFile()).redirectErrorStream(true).start();
    boolean ended = process.waitFor(120, TimeUnit.SECONDS);
    if (!ended) {
      process.destroyForcibly();
      return "it did not end";
    }
    return new String(process.getInputStream().readAllBytes()).strip();
  }

  private static boolean installed() throws InterruptedException {
    try {
      Files.createDirectories(FOLDER);
      if (!Files.isDirectory(FOLDER.resolve("node_modules/stripe"))) {
        run(List.of("npm", "install", "--prefix", FOLDER.toString(), "--no-audit", STRIPE));
      }
      return Files.isDirectory(FOLDER.resolve("node_modules/stripe"));
    } catch (IOException e) {
      return false; // no npm
    }
  }

  @Test
  void takesWhatStripesSdkForNodeSigned() throws Exception {
    assumeTrue(installed(), "npm cannot fetch " + STRIPE);
    try (EmbeddedMongo mongo = EmbeddedMongo.start(null, 0);
        EmbeddedBroker broker = EmbeddedBroker.start(0);
        RunningWebhook webhook = RunningWebhook.start(mongo.uri(), broker.uri())) {
      String url = "http://127.0.0.1:" + webhook.port + RunningWebhook.PATH;
      String event = RunningWebhook.event("evt_node");

      assertThat(run(List.of("node", "-e", SCRIPT, url, RunningWebhook.ROLLED, event)))
          .isEqualTo("200");
      assertThat(run(List.of("node", "-e", SCRIPT, url, "whsec_forged", event))).isEqualTo("400");
    }
  }
}
