package io.driveline.worker;

import com.mongodb.ErrorCategory;
import com.mongodb.MongoBulkWriteException;
import com.mongodb.client.model.ReplaceOneModel;
import com.mongodb.client.model.ReplaceOptions;
import io.driveline.events.Mirror;
import io.driveline.events.Order;
import io.driveline.events.StripeEvent;
import java.time.Clock;
import java.util.List;
import org.apache.camel.Exchange;
import org.apache.camel.component.mongodb.MongoDbConstants;
import org.bson.Document;

/**
 * Bean {@code mirror}: computes the writes and reads that the routes' mongodb endpoints carry out.
 */
final class MirrorWrites {

  private final Clock clock;

  MirrorWrites(Clock clock) {
    this.clock = clock;
  }

  /** One conditional upsert; where the mirror is newer it fails as a duplicate key. */
  public void write(Exchange exchange) {
    StripeEvent event = Received.of(exchange).event();
    address(exchange, event);
    exchange
        .getMessage()
        .setBody(
            List.of(
                new ReplaceOneModel<>(
                    Order.mayReplace(event),
                    Mirror.document(event, clock.instant()),
                    new ReplaceOptions().upsert(true))));
  }

  /** What the mirror holds of the event's object, after it refused it as a duplicate key. */
  public void stored(Exchange exchange) {
    MongoBulkWriteException refused =
        exchange.getProperty(Exchange.EXCEPTION_CAUGHT, MongoBulkWriteException.class);
    if (refused != null && !isDuplicate(refused)) {
      // Written again it would be refused again.
      throw refused;
    }
    StripeEvent event = Received.of(exchange).event();
    address(exchange, event);
    exchange
        .getMessage()
        .setHeader(MongoDbConstants.CRITERIA, new Document("_id", event.object().mirrorId()));
  }

  /** The verdict on a refused write, by what {@link #stored} brought. */
  public String settle(Exchange exchange) {
    StripeEvent event = Received.of(exchange).event();
    Document stored = exchange.getMessage().getBody(Document.class);
    return Order.settle(event, stored).name();
  }

  private static boolean isDuplicate(MongoBulkWriteException refused) {
    return !refused.getWriteErrors().isEmpty()
        && refused.getWriteErrors().stream()
            .allMatch(error -> error.getCategory() == ErrorCategory.DUPLICATE_KEY);
  }

  private static void address(Exchange exchange, StripeEvent event) {
    exchange.getMessage().setHeader(MongoDbConstants.DATABASE, Mirror.DATABASE);
    exchange.getMessage().setHeader(MongoDbConstants.COLLECTION, event.object().type());
  }
}
