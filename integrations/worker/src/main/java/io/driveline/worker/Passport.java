package io.driveline.worker;

import io.driveline.events.Claim;
import io.driveline.events.Failure;
import io.driveline.events.Intake;
import io.driveline.events.Ledger;
import io.driveline.runtime.rabbitmq.ConfirmedPublisher;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Clock;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.random.RandomGenerator;
import org.apache.camel.Exchange;
import org.apache.camel.ExchangePropertyKey;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Bean {@code ledger}: writes into the ledger what became of an event, and finds what is due. */
final class Passport {

  /** The exchange property that tells whether the mirror was newer. */
  static final String SUPERSEDED = "DrivelineSuperseded";

  private static final Logger LOG = LoggerFactory.getLogger(Passport.class);

  private static final String FAILURE = "DrivelineFailure";

  private final Ledger ledger;
  private final ClaimRepository claims;
  private final ConfirmedPublisher rabbitmq;
  private final WorkerSettings settings;
  private final SweepHealth sweep;
  private final RandomGenerator random;
  private final Clock clock;

  Passport(
      Ledger ledger,
      ClaimRepository claims,
      ConfirmedPublisher rabbitmq,
      WorkerSettings settings,
      SweepHealth sweep,
      RandomGenerator random,
      Clock clock) {
    this.ledger = ledger;
    this.claims = claims;
    this.rabbitmq = rabbitmq;
    this.settings = settings;
    this.sweep = sweep;
    this.random = random;
    this.clock = clock;
  }

  /**
   * What is due now, oldest first; nothing while an earlier sweep is not done, or its events would
   * pile up here. While RabbitMQ is away, what is only owed its announcement is left alone.
   */
  public DueEvents due(Exchange exchange) {
    sweep.turned(); // before MongoDB is asked: the loop turns while it is away, too
    int sweeps = exchange.getContext().getInflightRepository().size(exchange.getFromRouteId());
    return DueEvents.of(
        sweeps > 1 ? List.of() : ledger.due(settings.sweepBatch(), rabbitmq.unavailable() == null));
  }

  /**
   * Refuses an event that was claimed too often without an end: it may be what ends its worker.
   *
   * @throws ClaimsUsedUpException if so
   */
  public void requireClaimsLeft(Exchange exchange) throws ClaimsUsedUpException {
    int ended = claim(exchange).unfinished() - 1;
    if (ended >= settings.maxClaims()) {
      throw new ClaimsUsedUpException(ended);
    }
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

  /** RabbitMQ is away, or takes nothing: what was to be published is owed. */
  public void oweAnnouncement(Exchange exchange) {
    claim(exchange)
        .owe(exchange.getProperty(Exchange.EXCEPTION_CAUGHT, Throwable.class).getMessage());
  }

  /** The fact and the change event are confirmed, or one of them is owed: then both are again. */
  public void announced(Exchange exchange) {
    String owed = claim(exchange).owed();
    note(exchange, "announce", owed == null ? "confirmed" : "owed: " + owed);
  }

  /** The cache has the object, or could not be reached: then its copy expires by itself. */
  public void refreshed(Exchange exchange) {
    boolean leftOut =
        exchange.getProperty(
            ExchangePropertyKey.CIRCUIT_BREAKER_RESPONSE_FROM_FALLBACK, false, Boolean.class);
    note(exchange, "refresh", leftOut ? "left out" : "done");
  }

  private void note(Exchange exchange, String step, String outcome) {
    claim(exchange).note(clock.instant(), step, outcome);
  }

  /** The last step: applied, or skipped with the reason. */
  public void finish(Exchange exchange) {
    Claim claim = claim(exchange);
    String skipReason = skipReason(exchange);
    if (claim.owed() != null) {
      ledger.finishOwing(claim, skipReason, settings.pause(claim.owedBefore(), random));
    } else if (skipReason == null) {
      ledger.markApplied(claim);
    } else {
      ledger.markSkipped(claim, skipReason);
    }
  }

  /** What went wrong, kept apart from what may go wrong while it is written down. */
  public void remember(Exchange exchange) {
    exchange.setProperty(
        FAILURE, Failure.of(exchange.getProperty(Exchange.EXCEPTION_CAUGHT, Throwable.class)));
  }

  /** A passing fault outlived its short retries: due again after a growing pause, or parked. */
  public void retryLater(Exchange exchange) {
    Failure failure = failure(exchange);
    if (Received.of(exchange) == null) {
      parkUnreadable(exchange, failure);
      return;
    }
    Claim claim = claimed(exchange);
    if (claim == null) {
      return;
    }
    int attempts = claim.attempts() + 1;
    if (attempts < settings.maxAttempts()) {
      Duration pause = settings.pause(claim.attempts(), random);
      ledger.retryLater(claim, failure, pause);
      LOG.warn(
          "{} failed, {} of {} times until it is parked; due again in {} s: {}; its passport tells more",
          claim.eventId(),
          attempts,
          settings.maxAttempts(),
          pause.toSeconds(),
          failure.kind());
    } else {
      park(claim, failure.after(settings.maxAttempts()));
    }
  }

  /** No retry can help. */
  public void park(Exchange exchange) {
    if (Received.of(exchange) == null) {
      parkUnreadable(exchange, failure(exchange));
      return;
    }
    Claim claim = claimed(exchange);
    if (claim != null) {
      park(claim, failure(exchange));
    }
  }

  /** Also where a step before the claim failed; null if another worker has the event, or had it. */
  private Claim claimed(Exchange exchange) {
    if (claim(exchange) == null) {
      claims.add(exchange, Received.of(exchange).event().id());
    }
    return claim(exchange);
  }

  private void park(Claim claim, Failure failure) {
    ledger.park(claim, failure);
    tellParked(claim.eventId(), failure);
  }

  /**
   * RabbitMQ gave the message up: it was delivered often, which is no fault of an event that was
   * only held by workers that stopped. The ledger takes it over. What it has already, it brings
   * back by itself, is done with, or has parked.
   */
  public void takeOver(Exchange exchange) {
    Received received = Received.of(exchange);
    ledger.keep(received.event(), received.intake());
  }

  /** RabbitMQ gave up a message that is no event. */
  public void parkDeadLetter(Exchange exchange) {
    parkUnreadable(exchange, Failure.of("given up by RabbitMQ, and no event"));
  }

  private void parkUnreadable(Exchange exchange, Failure failure) {
    byte[] body = exchange.getMessage().getBody(byte[].class);
    String id = "message_" + digest(body);
    ledger.parkUnreadable(
        id,
        new String(body, StandardCharsets.UTF_8),
        new Intake(null, null, clock.instant(), false),
        failure);
    tellParked(id, failure);
  }

  private static void tellParked(String id, Failure failure) {
    LOG.warn("{} is parked: {}; its passport tells more", id, failure.kind());
  }

  /** From a timer. */
  public void removeOldPayloads() {
    long removed = ledger.removePayloads(settings.payloadRetention());
    if (removed > 0) {
      LOG.info(
          "Removed the payloads of {} events that were finished more than {} days ago",
          removed,
          settings.payloadRetention().toDays());
    }
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
