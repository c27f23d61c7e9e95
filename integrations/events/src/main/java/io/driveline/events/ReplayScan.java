package io.driveline.events;

import com.mongodb.client.MongoCollection;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.bson.Document;

/**
 * Walks over the events that a filter matches, in the order of a replay, a few at a time: each step
 * is a query of its own, short whatever the ledger's size, and nothing is held meanwhile.
 */
final class ReplayScan {

  private static final int STEP = 500;
  private static final Document OLDEST_FIRST = new Document("created", 1).append("_id", 1);
  private static final Document FIELDS =
      new Document("type", 1)
          .append("account", 1)
          .append("livemode", 1)
          .append("created", 1)
          .append("object", 1)
          .append("state", 1)
          .append("due", 1);

  private final MongoCollection<Document> events;
  private final Clock clock;
  private final EventFilter filter;
  private final int limit;
  private ReplayPosition position;
  private int seen;
  private boolean ended;

  /**
   * @param events the ledger's collection
   * @param position where it begins
   * @param limit how many events it looks at, at most
   */
  ReplayScan(
      MongoCollection<Document> events,
      Clock clock,
      EventFilter filter,
      ReplayPosition position,
      int limit) {
    this.events = events;
    this.clock = clock;
    this.filter = filter;
    this.position = position;
    this.limit = limit;
  }

  /** The next events; empty at the end, and at the limit. */
  List<ReplayCandidate> next() {
    int wanted = Math.min(STEP, limit - seen);
    if (ended || wanted == 0) {
      return List.of();
    }
    List<Document> found = find(wanted);
    Set<String> stripped = withoutPayload(found);
    Instant now = clock.instant();
    List<ReplayCandidate> candidates = new ArrayList<>(found.size());
    for (Document stored : found) {
      candidates.add(ReplayCandidate.of(stored, !stripped.contains(stored.getString("_id")), now));
    }
    seen += candidates.size();
    ended = candidates.size() < wanted;
    if (!candidates.isEmpty()) {
      position = position.after(candidates.getLast());
    }
    return candidates;
  }

  /** Where it is, for who goes on later; null if there is nothing left. */
  ReplayPosition rest() {
    if (!ended && find(1).isEmpty()) {
      ended = true;
    }
    return ended ? null : position;
  }

  /** What the filter matches behind this position. */
  static Document query(EventFilter filter, ReplayPosition position) {
    List<Document> all = new ArrayList<>();
    all.add(filter.query());
    all.add(new Document("received", new Document("$lte", java.util.Date.from(position.begun()))));
    if (position.id() != null) {
      Document sameTime =
          new Document("created", position.created())
              .append("_id", new Document("$gt", position.id()));
      if (position.created() == null) {
        all.add(or(sameTime, new Document("created", new Document("$gte", 0L))));
      } else {
        // The range alone is what an index can use.
        all.add(new Document("created", new Document("$gte", position.created())));
        all.add(or(sameTime, new Document("created", new Document("$gt", position.created()))));
      }
    }
    return new Document("$and", all);
  }

  private static Document or(Document one, Document other) {
    return new Document("$or", List.of(one, other));
  }

  private List<Document> find(int count) {
    return events
        .find(query(filter, position))
        .projection(FIELDS)
        .sort(OLDEST_FIRST)
        .limit(count)
        .into(new ArrayList<>());
  }

  private Set<String> withoutPayload(List<Document> found) {
    List<String> ids = found.stream().map(stored -> stored.getString("_id")).toList();
    Set<String> stripped = new HashSet<>();
    if (!ids.isEmpty()) {
      events
          .find(new Document("_id", new Document("$in", ids)).append("payload", null))
          .projection(new Document("_id", 1))
          .forEach(stored -> stripped.add(stored.getString("_id")));
    }
    return stripped;
  }
}
