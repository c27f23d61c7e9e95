package io.driveline.system.faults.broken;

import org.bson.Document;

/**
 * Writes into the ledger ask for neither owner nor claim: who lost the event writes all the same.
 */
final class NoFencing implements Interposed.Change {

  @Override
  public void before(String collection, String method, Document filter) {
    if (collection.equals("events") && method.equals("updateOne") && filter.containsKey("owner")) {
      filter.remove("owner");
      filter.remove("claims");
      filter.remove("state");
    }
  }
}
