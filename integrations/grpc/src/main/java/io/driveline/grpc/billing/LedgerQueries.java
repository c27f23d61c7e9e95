package io.driveline.grpc.billing;

import org.apache.camel.Variable;
import org.bson.Document;

/** Filters for the ledger. */
public final class LedgerQueries {

  /** One event. */
  public Document byId(@Variable("eventId") String eventId) {
    return new Document("_id", eventId);
  }
}
