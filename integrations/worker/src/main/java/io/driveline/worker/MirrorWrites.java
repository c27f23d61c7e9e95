package io.driveline.worker;

import com.mongodb.ErrorCategory;
import com.mongodb.MongoBulkWriteException;
import com.mongodb.bulk.BulkWriteResult;
import com.mongodb.client.model.ReplaceOneModel;
import com.mongodb.client.model.ReplaceOptions;
import io.driveline.events.Mirror;
import io.driveline.events.Order;
import io.driveline.events.Settlement;
import io.driveline.events.StripeEvent;
import io.driveline.events.Verdict;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import java.util.List;
import org.apache.camel.Exchange;
import org.apache.camel.component.mongodb.MongoDbConstants;
import org.bson.Document;
import org.bson.conversions.Bson;

/**
 * Bean {@code mirror}: computes the writes and reads that the routes' mongodb endpoints carry out.
 */
final class MirrorWrites {

  private static final String VERDICT = "DrivelineVerdict";
  private static final String REPEATS = "DrivelineMirrorRepeats";

  /** Two first writes race once; who is refused again and again is refused by something else. */
  private static final int MOST_REPEATS = 10;

  private final Settlement settlement;
  private final MeterRegistry meters;
  private final Clock clock;

  MirrorWrites(Settlement settlement, MeterRegistry meters, Clock clock) {
    this.settlement = settlement;
    this.meters = meters;
    this.clock = clock;
  }

  /** One conditional upsert; where the mirror is not older it fails as a duplicate key. */
  public void write(Exchange exchange) {
    StripeEvent event = Received.of(exchange).event();
    exchange.setProperty(Mirrored.PROPERTY, new Mirrored(false, false));
    replace(exchange, Order.mayReplace(event), Mirror.document(event, clock.instant()), true);
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

  /**
   * The verdict on a refused write, by what {@link #stored} brought and what the ledger knows.
   *
   * @return the {@link Verdict.Kind}
   * @throws IllegalStateException if the mirror has nothing that refuses the write, time after time
   */
  public String settle(Exchange exchange) {
    Verdict verdict =
        settlement.judge(
            Received.of(exchange).event(), exchange.getMessage().getBody(Document.class));
    if (verdict.kind() == Verdict.Kind.REPEAT) {
      int repeats = exchange.getProperty(REPEATS, 0, Integer.class) + 1;
      if (repeats > MOST_REPEATS) {
        throw new IllegalStateException(
            "MongoDB refuses the object as a duplicate, and the mirror holds nothing as new:"
                + " is there a unique index other than _id's?");
      }
      exchange.setProperty(REPEATS, repeats);
    }
    exchange.setProperty(VERDICT, verdict);
    exchange.setProperty(Mirrored.PROPERTY, new Mirrored(verdict.superseded(), verdict.tied()));
    return verdict.kind().name();
  }

  /** One conditional replacement; it matches nothing where another worker was here meanwhile. */
  public void rewrite(Exchange exchange) {
    Verdict verdict = exchange.getProperty(VERDICT, Verdict.class);
    replace(exchange, verdict.filter(), verdict.document(), false);
  }

  /** Whether the replacement was made; one that leaves its object tied is counted. */
  public boolean rewritten(Exchange exchange) {
    boolean rewritten = exchange.getMessage().getBody(BulkWriteResult.class).getMatchedCount() > 0;
    if (rewritten && exchange.getProperty(VERDICT, Verdict.class).tied()) {
      meters
          .counter("driveline.mirror.tied", "type", Received.of(exchange).event().object().type())
          .increment();
    }
    return rewritten;
  }

  private static void replace(Exchange exchange, Bson filter, Document document, boolean orInsert) {
    address(exchange, Received.of(exchange).event());
    exchange
        .getMessage()
        .setBody(
            List.of(
                new ReplaceOneModel<>(filter, document, new ReplaceOptions().upsert(orInsert))));
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
