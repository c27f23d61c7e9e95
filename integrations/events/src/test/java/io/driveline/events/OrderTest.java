package io.driveline.events;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class OrderTest {

  private static StripeEvent at(long created) throws MalformedEventException {
    return Envelope.read(
        ("{\"id\":\"evt_"
                + created
                + "\",\"type\":\"customer.updated\",\"created\":"
                + created
                + ",\"data\":{\"object\":{\"id\":\"cus_1\",\"object\":\"customer\"}}}")
            .getBytes(StandardCharsets.UTF_8));
  }

  @Test
  void anEventIsSupersededByANewerStateOnly() throws MalformedEventException {
    var stored = Mirror.document(at(20), Instant.EPOCH);

    assertThat(Order.settle(at(19), stored)).isEqualTo(Order.Verdict.SUPERSEDED);
    assertThat(Order.settle(at(20), stored)).isEqualTo(Order.Verdict.REPEAT);
    assertThat(Order.settle(at(21), stored)).isEqualTo(Order.Verdict.REPEAT);
    assertThat(Order.settle(at(19), null)).isEqualTo(Order.Verdict.REPEAT);
  }

  @Test
  void theMirrorHoldsTheObjectAsItCameAndTheVersionBesideIt() throws MalformedEventException {
    MirroredObject mirrored =
        MirroredObject.from("customer", Mirror.document(at(20), Instant.EPOCH));

    assertThat(mirrored.json()).isEqualTo("{\"id\":\"cus_1\",\"object\":\"customer\"}");
    assertThat(mirrored.version()).isEqualTo(20);
    assertThat(mirrored.eventId()).isEqualTo("evt_20");
    assertThat(mirrored.key()).isEqualTo(new ObjectKey(null, false, "customer", "cus_1"));
  }
}
