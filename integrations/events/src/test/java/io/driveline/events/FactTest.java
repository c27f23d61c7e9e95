package io.driveline.events;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class FactTest {

  private static StripeEvent refund() throws MalformedEventException {
    return Envelope.read(
        """
        {"id":"evt_1","object":"event","type":"refund.created","created":1700000009,
         "livemode":true,"data":{"object":{"id":"re_1","object":"refund","created":1700000008,
         "amount":1250,"currency":"eur","status":"succeeded","charge":"ch_1"}}}"""
            .getBytes(StandardCharsets.UTF_8));
  }

  @Test
  void isOneFlatRowOfTheEventAlone() throws MalformedEventException {
    assertThat(Fact.of(refund()).toJson())
        .isEqualTo(
            """
            {"eventId":"evt_1","type":"refund.created","account":"","livemode":true,\
            "created":1700000009,"apiVersion":null,"objectType":"refund","objectId":"re_1",\
            "objectCreated":1700000008,"customer":null,"currency":"eur","amount":1250,\
            "amountCaptured":null,"status":"succeeded"}""");
  }

  @Test
  void theChangeEventSaysWhatItIsAboutAndWhetherItWasOvertaken() throws MalformedEventException {
    ChangeEvent change = ChangeEvent.of(refund(), true);

    assertThat(change.type()).isEqualTo("billing.refund.created");
    assertThat(change.json())
        .startsWith(
            "{\"specversion\":\"1.0\",\"id\":\"evt_1\",\"source\":\"/stripe/platform/live/\"")
        .contains("\"subject\":\"refund/re_1\"", "\"superseded\":true", "\"amount\":1250")
        .contains("\"time\":\"2023-11-14T22:13:29Z\"");
  }
}
