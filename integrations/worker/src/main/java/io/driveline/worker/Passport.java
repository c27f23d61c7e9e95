package io.driveline.worker;

import io.driveline.events.Claim;
import io.driveline.events.Failure;
import io.driveline.events.Intake;
import io.driveline.events.Ledger;
import io.driveline.events.LedgerEntry;
import io.driveline.events.StripeEvent;
import io.driveline.runtime.rabbitmq.ConfirmedPublisher;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Clock;
import java.util.HexFormat;
import java.util.List;
import org.apache.camel.Exchange;
import org.apache.camel.ExchangePropertyKey;

/** Bean {@code ledger}: writes into the ledger what became of an event, and finds what is due. */
final class Passport {

  /** The exchange property that tells whether the mirror was newer. */
  static final String SUPERSEDED = "DrivelineSuperseded";

  private static final String FAILURE = "DrivelineFailure";

  private final Ledger ledger;
  private final ConfirmedPublisher rabbitmq;
  private final WorkerSettings settings;
  private final SweepHealth sweep;
  private final Clock clock;

  Passport(
      Ledger ledger,
      ConfirmedPublisher rabbitmq,
      WorkerSettings settings,
      SweepHealth sweep,
      Clock clock) {
    this.ledger = ledger;
    this.rabbitmq = rabbitmq;
    this.settings = settings;
    this.sweep = sweep;
    this.clock = clock;
  }

  /**
   * What is due now, oldest first. Nothing while an earlier sweep is not done, or its events would
   * pile up here; and nothing while RabbitMQ is away, without which no event comes to its end.
   */
  public List<LedgerEntry> due(Exchange exchange) {
    sweep.turned(); // before MongoDB is asked: the loop turns while it is away, too
    int sweeps = exchange.getContext().getInflightRepository().size(exchange.getFromRouteId());
    return sweeps > 1 || rabbitmq.unavailable() != null
        ? List.of()
        : ledger.due(settings.sweepBatch());
  }

  /** Why the event has no place in the mirror; null if it has one. */
  public String skipReason(Exchange exchange) {
    return Received.of(exchange).event().skipReason();
  }

  /** The mirror took the event, or holds something newer. */
  public void mirrored(Exchange exchange) {
    Mirrored mirrored = Mirrored.of(exchange);
    exchange.setProperty(
        SUPERSEDED, ledger.noteMirrored(claim(exchange), mirrored.superseded(), mirrored.tied()));
  }

  /** The fact and the change event are confirmed. */
  public void announced(Exchange exchange) {
    ledger.note(claim(exchange), "announce", "confirmed");
  }

  /** The cache has the object, or could not be reached: then its copy expires by itself. */
  public void refreshed(Exchange exchange) {
    boolean leftOut =
        exchange.getProperty(
            ExchangePropertyKey.CIRCUIT_BREAKER_RESPONSE_FROM_FALLBACK, false, Boolean.class);
    ledger.note(claim(exchange), "refresh", leftOut ? "left out" : "done");
  }

  /** The last step: applied, or skipped with the reason. */
  public void finish(Exchange exchange) {
    String reason = skipReason(exchange);
    if (reason == null) {
      ledger.markApplied(claim(exchange));
    } else {
      ledger.markSkipped(claim(exchange), reason);
    }
  }

  /** What went wrong, kept apart from what may go wrong while it is written down. */
  public void remember(Exchange exchange) {
    exchange.setProperty(
        FAILURE, Failure.of(exchange.getProperty(Exchange.EXCEPTION_CAUGHT, Throwable.class)));
  }

  /** A passing fault outlived its short retries: due again after a growing pause. */
  public void retryLater(Exchange exchange) {
    Claim claim = claim(exchange);
    int attempts = ledger.find(claim.eventId()).map(LedgerEntry::attempts).orElse(0);
    ledger.retryLater(claim, failure(exchange), settings.pause(attempts));
  }

  /** No retry can help. */
  public void park(Exchange exchange) {
    Claim claim = claim(exchange);
    if (claim == null) {
      parkUnclaimed(exchange, failure(exchange));
    } else {
      ledger.park(claim, failure(exchange));
    }
  }

  /** RabbitMQ gave the message up. What the ledger has, it brings back by itself, or is done. */
  public void parkDeadLetter(Exchange exchange) {
    Received received = Received.of(exchange);
    if (received != null && ledger.find(received.event().id()).isPresent()) {
      return;
    }
    parkUnclaimed(exchange, Failure.of("given up by RabbitMQ after too many deliveries"));
  }

  private void parkUnclaimed(Exchange exchange, Failure failure) {
    Received received = Received.of(exchange);
    StripeEvent event = received == null ? null : received.event();
    byte[] body = exchange.getMessage().getBody(byte[].class);
    Intake intake =
        received == null ? new Intake(null, null, clock.instant(), false) : received.intake();
    ledger.parkUnclaimed(
        event == null ? "message_" + digest(body) : event.id(),
        event,
        new String(body, StandardCharsets.UTF_8),
        intake,
        failure);
  }

  private static Claim claim(Exchange exchange) {
    return exchange.getProperty(ClaimRepository.CLAIM, Claim.class);
  }

  private static Failure failure(Exchange exchange) {
    return exchange.getProperty(FAILURE, Failure.class);
  }

  private static String digest(byte[] body) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(body), 0, 16);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e); // every JDK has it
    }
  }
}
