package io.driveline.grpc.billing;

import io.driveline.events.Mirror;
import io.driveline.events.MirroredObject;
import io.driveline.events.ObjectKey;
import org.apache.camel.Body;
import org.apache.camel.Variable;
import org.bson.Document;

/**
 * Filters for the mirror, and its documents read. Filters are flat: {@code _id} alone is in every
 * server's index.
 */
public final class MirrorQueries {

  /** One document. */
  public Document byKey(@Variable("key") ObjectKey key) {
    return new Document("_id", key.mirrorId());
  }

  /**
   * The rest of a list: a range of {@code _id}, since account and mode stand first in it. Tied
   * objects are few, and not worth an index in each type's collection.
   */
  public Document page(@Variable("query") ListQuery query) {
    String scope = query.scope();
    // The scope ends with '/'; with the next character in its place it is above all it holds.
    String end = scope.substring(0, scope.length() - 1) + (char) ('/' + 1);
    Document range =
        query.after() == null ? new Document("$gte", scope) : new Document("$gt", query.after());
    Document filter = new Document("_id", range.append("$lt", end));
    return query.tied() ? filter.append(Mirror.TIED, true) : filter;
  }

  /** Ids ascending. */
  public Document order() {
    return new Document("_id", 1);
  }

  /** One more than asked for: it tells whether there is a next page. */
  public int limit(@Variable("query") ListQuery query) {
    return query.size() + 1;
  }

  /** The document found; null if none was. */
  public MirroredObject read(@Variable("key") ObjectKey key, @Body Document found) {
    return found == null ? null : MirroredObject.from(key.type(), found);
  }
}
