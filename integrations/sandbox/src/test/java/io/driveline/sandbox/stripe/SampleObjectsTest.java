package io.driveline.sandbox.stripe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.driveline.events.Envelope;
import io.driveline.events.StripeEvent;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class SampleObjectsTest {

  private static StripeEvent read(SampleEvent event) throws Exception {
    return Envelope.read(event.body().getBytes(StandardCharsets.UTF_8));
  }

  @ParameterizedTest
  @MethodSource("io.driveline.sandbox.stripe.SampleObjects#families")
  void everyFamilyMakesAnEventAboutAnObjectOfItsOwn(String family) throws Exception {
    SampleEvent event = SampleObjects.event(family.replace("*", "updated"), "x1", 1_700_000_000);

    StripeEvent read = read(event);
    assertThat(read.id()).isEqualTo("evt_x1");
    assertThat(read.livemode()).isFalse();
    assertThat(read.object().id()).isEqualTo(event.objectId()).endsWith("x1");
    assertThat(read.object().type()).isEqualTo(event.objectType());
  }

  @Test
  void theEventsNameSetsTheStatus() throws Exception {
    SampleEvent event = SampleObjects.event("payment_intent.payment_failed", "x1", 1_700_000_000);

    assertThat(read(event).snapshot().getString("status")).isEqualTo("requires_payment_method");
  }

  @Test
  void anUpcomingInvoiceHasNoIdAsAtStripe() throws Exception {
    assertThat(read(SampleObjects.event("invoice.upcoming", "x1", 1_700_000_000)).object())
        .isNull();
  }

  @Test
  void saysWhichFamiliesThereAre() {
    assertThatThrownBy(() -> SampleObjects.event("unicorn.created", "x1", 1_700_000_000))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("payment_intent.*");
  }
}
