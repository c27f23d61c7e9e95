package io.driveline.worker;

import com.mongodb.MongoException;
import io.driveline.events.Claim;
import io.driveline.events.Ledger;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.camel.Exchange;
import org.apache.camel.spi.IdempotentRepository;
import org.apache.camel.support.service.ServiceSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Bean {@code claims}: the ledger behind Camel's idempotentConsumer. Adding is claiming. Confirming
 * and removing are the routes' own explicit last steps, since Camel only logs when these callbacks
 * fail, and the message would be acknowledged all the same.
 */
final class ClaimRepository extends ServiceSupport implements IdempotentRepository {

  /** The exchange property that carries the claim. */
  static final String CLAIM = "DrivelineClaim";

  private static final Logger LOG = LoggerFactory.getLogger(ClaimRepository.class);

  /** The kind of failure that was told last; empty while claims are taken. */
  private final AtomicReference<String> told = new AtomicReference<>("");

  private final Ledger ledger;
  private final WorkerSettings settings;
  private final String owner;

  ClaimRepository(Ledger ledger, WorkerSettings settings, String owner) {
    this.ledger = ledger;
    this.settings = settings;
    this.owner = owner;
  }

  @Override
  public boolean add(Exchange exchange, String eventId) {
    Received received = Received.of(exchange);
    try {
      Optional<Claim> claim =
          received.due() == null
              ? ledger.claim(received.event(), received.intake(), owner, settings.lease())
              : ledger.claimDue(
                  received.event(), received.intake(), received.due(), owner, settings.lease());
      if (!told.get().isEmpty() && !told.getAndSet("").isEmpty()) {
        LOG.info("The ledger takes claims again");
      }
      claim.ifPresent(
          held -> {
            exchange.setProperty(CLAIM, held);
            exchange.setProperty(Received.PROPERTY, received.as(held.payload()));
          });
      return claim.isPresent();
    } catch (MongoException e) {
      // Whatever it is: an event that nobody holds can be neither retried nor parked, only awaited.
      String kind = e.getClass().getSimpleName() + " " + e.getCode();
      if (!kind.equals(told.getAndSet(kind))) {
        LOG.warn("The ledger takes no claims, events wait here: {}", e.getMessage());
      }
      throw new LedgerUnavailableException(e.getMessage());
    }
  }

  @Override
  public boolean add(String eventId) {
    throw new UnsupportedOperationException("a claim needs the event");
  }

  @Override
  public boolean contains(String eventId) {
    return false; // only asked where not eager, and claims are eager
  }

  @Override
  public boolean remove(String eventId) {
    return true;
  }

  @Override
  public boolean confirm(String eventId) {
    return true;
  }

  @Override
  public void clear() {
    throw new UnsupportedOperationException("the ledger is kept");
  }
}
