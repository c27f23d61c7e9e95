package io.driveline.events;

import com.mongodb.client.MongoCollection;
import com.mongodb.client.MongoDatabase;
import java.time.Clock;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.bson.Document;

/**
 * Tells beforehand what a replay of many would do: to which events, and what the mirror would hold
 * once all of them have gone the whole way again. It asks the same rule as the worker: the newest
 * second of an object counts, {@link Order} says what that second left, and nothing older than what
 * is stored is ever written.
 */
public final class ReplayPreview {

  private static final int STEP = 100;
  private static final List<String> TOLD = List.of("version", "event", "deleted", "tied");

  private final MongoCollection<Document> events;
  private final MongoDatabase mirror;
  private final History history;
  private final Clock clock;
  private final int most;

  /**
   * @param ledger {@value Ledger#DATABASE}
   * @param mirror {@value Mirror#DATABASE}
   * @param history the events of an object, for the order of a second
   * @param clock for what a worker holds
   * @param most how many objects of a page are told with their changes
   */
  public ReplayPreview(
      MongoDatabase ledger, MongoDatabase mirror, History history, Clock clock, int most) {
    this.events = ledger.getCollection(Ledger.COLLECTION);
    this.mirror = mirror;
    this.history = history;
    this.clock = clock;
    this.most = most;
  }

  /**
   * One difference.
   *
   * @param path where, as JSONPath
   * @param is whether there is something now
   * @param now what it is
   * @param willBe whether there will be something
   * @param then what it will be
   */
  public record Change(String path, boolean is, Object now, boolean willBe, Object then) {}

  /**
   * What would change in one object.
   *
   * @param object which
   * @param changes the differences, in Stripe's object and in what {@code _driveline} tells of its
   *     version
   */
  public record Diff(ObjectKey object, List<Change> changes) {}

  /**
   * What a page of a replay would do.
   *
   * @param matched how many events the filter matches
   * @param replayed how many of them would be made due
   * @param leftOut how many would not, and why
   * @param changed how many objects would change; each is counted in the page of its last event
   * @param diffs what would change, of the first of them
   * @param next where the next page begins; null if this was the last
   */
  public record Page(
      int matched,
      int replayed,
      Map<ReplayObstacle, Integer> leftOut,
      int changed,
      List<Diff> diffs,
      ReplayPosition next) {}

  /**
   * Looks at a page of events.
   *
   * @param from where it begins
   * @param limit how many events it looks at, at most
   */
  public Page of(EventFilter filter, ReplayPosition from, int limit) {
    ReplayScan scan = new ReplayScan(events, clock, filter, from, limit);
    Map<ReplayObstacle, Integer> leftOut = new EnumMap<>(ReplayObstacle.class);
    Map<ObjectKey, Long> newest = new LinkedHashMap<>();
    int matched = 0;
    int replayed = 0;
    for (List<ReplayCandidate> step = scan.next(); !step.isEmpty(); step = scan.next()) {
      matched += step.size();
      for (ReplayCandidate candidate : step) {
        if (candidate.obstacle() != null) {
          leftOut.merge(candidate.obstacle(), 1, Integer::sum);
          continue;
        }
        replayed++;
        if (candidate.object() != null) {
          newest.put(candidate.object(), candidate.created());
        }
      }
    }
    ReplayPosition next = scan.rest();
    if (next != null) {
      forgetThoseWithMore(newest, filter, next);
    }
    Differences differences = new Differences();
    for (List<ObjectKey> step : steps(newest.keySet())) {
      Map<ObjectKey, Document> stored = stored(step);
      step.forEach(key -> differences.add(key, stored.get(key), newest.get(key)));
    }
    return new Page(matched, replayed, leftOut, differences.changed, differences.diffs, next);
  }

  /** An object's last event decides, and that is on a later page. */
  private void forgetThoseWithMore(
      Map<ObjectKey, Long> newest, EventFilter filter, ReplayPosition next) {
    for (List<ObjectKey> step : steps(newest.keySet())) {
      List<String> keys = step.stream().map(ObjectKey::text).toList();
      Document later =
          new Document(
              "$and",
              List.of(
                  ReplayScan.query(filter, next),
                  new Document("object.key", new Document("$in", keys)),
                  new Document("due", null),
                  new Document("payload", new Document("$ne", null))));
      Set<String> more = events.distinct("object.key", later, String.class).into(new HashSet<>());
      step.stream().filter(key -> more.contains(key.text())).forEach(newest::remove);
    }
  }

  private Map<ObjectKey, Document> stored(List<ObjectKey> keys) {
    Map<String, Map<String, ObjectKey>> byType = new LinkedHashMap<>();
    for (ObjectKey key : keys) {
      byType.computeIfAbsent(key.type(), type -> new HashMap<>()).put(key.mirrorId(), key);
    }
    Map<ObjectKey, Document> stored = new HashMap<>();
    byType.forEach(
        (type, ids) ->
            mirror
                .getCollection(type)
                .find(new Document("_id", new Document("$in", List.copyOf(ids.keySet()))))
                .forEach(document -> stored.put(ids.get(document.getString("_id")), document)));
    return stored;
  }

  private static List<List<ObjectKey>> steps(Set<ObjectKey> keys) {
    List<ObjectKey> all = new ArrayList<>(keys);
    List<List<ObjectKey>> steps = new ArrayList<>();
    for (int from = 0; from < all.size(); from += STEP) {
      steps.add(all.subList(from, Math.min(from + STEP, all.size())));
    }
    return steps;
  }

  private final class Differences {

    private final List<Diff> diffs = new ArrayList<>();
    private int changed;

    void add(ObjectKey key, Document stored, long second) {
      Document about = stored == null ? null : stored.get(Mirror.ABOUT, Document.class);
      long version = about == null ? -1 : about.get("version", Number.class).longValue();
      if (version > second) {
        return;
      }
      Optional<Order.Last> last = Order.last(history, key, second);
      if (last.isEmpty()
          || version == second && last.get().event().id().equals(about.getString("event"))) {
        return;
      }
      changed++;
      if (diffs.size() < most) {
        Document now = stored == null ? null : comparable(stored, about);
        diffs.add(new Diff(key, DocumentDiff.between(now, then(last.get(), second))));
      }
    }

    private static Document comparable(Document stored, Document about) {
      Document comparable = new Document(stored);
      comparable.remove("_id");
      Document told = new Document();
      TOLD.forEach(name -> told.append(name, about.get(name)));
      comparable.put(Mirror.ABOUT, told);
      return comparable;
    }

    private static Document then(Order.Last last, long second) {
      StripeEvent event = last.event();
      Document then = new Document(event.snapshot());
      then.put(
          Mirror.ABOUT,
          new Document("version", second)
              .append("event", event.id())
              .append("deleted", event.deleted())
              .append("tied", last.tied()));
      return then;
    }
  }
}
