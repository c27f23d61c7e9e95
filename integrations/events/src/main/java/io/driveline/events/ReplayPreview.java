package io.driveline.events;

import com.mongodb.client.MongoCollection;
import com.mongodb.client.MongoDatabase;
import java.time.Clock;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.bson.Document;

/**
 * Tells beforehand what a replay of many would do: to which events, and what the mirror would hold
 * once all of them have gone the whole way again. Of an object its newest second counts; its events
 * are applied to the stored document in thought, by the same rule as the worker's.
 */
public final class ReplayPreview {

  private static final int STEP = 100;
  private static final List<String> TOLD = List.of("version", "event", "deleted", "tied");

  private final MongoCollection<Document> events;
  private final MongoDatabase mirror;
  private final History history;
  private final Application application;
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
    this.application = new Application(history, clock);
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
    Map<ObjectKey, Newest> newest = new LinkedHashMap<>();
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
          newest.merge(
              candidate.object(),
              new Newest(candidate.created(), candidate.id(), candidate.id()),
              Newest::and);
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
      Map<ObjectKey, Newest> newest, EventFilter filter, ReplayPosition next) {
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

  /**
   * An object's newest second among the replayed events.
   *
   * @param second Unix seconds
   * @param first the event of it that comes first
   * @param last the one that comes last; those between can add nothing to what it sees
   */
  private record Newest(long second, String first, String last) {

    Newest and(Newest later) {
      return later.second == second ? new Newest(second, first, later.last) : later;
    }
  }

  private final class Differences {

    private final List<Diff> diffs = new ArrayList<>();
    private int changed;

    void add(ObjectKey key, Document stored, Newest newest) {
      Document then = stored;
      Map<String, StripeEvent> events = new HashMap<>();
      history.at(key, newest.second()).forEach(event -> events.put(event.id(), event));
      for (String id : new LinkedHashSet<>(List.of(newest.first(), newest.last()))) {
        if (events.containsKey(id)) {
          then = application.after(events.get(id), then);
        }
      }
      if (then == stored) {
        return;
      }
      List<Change> changes =
          DocumentDiff.between(stored == null ? null : comparable(stored), comparable(then));
      if (changes.isEmpty()) {
        return;
      }
      changed++;
      if (diffs.size() < most) {
        diffs.add(new Diff(key, changes));
      }
    }

    private static Document comparable(Document stored) {
      Document comparable = new Document(stored);
      comparable.remove("_id");
      Document about = stored.get(Mirror.ABOUT, Document.class);
      Document told = new Document();
      TOLD.forEach(name -> told.append(name, about.get(name)));
      comparable.put(Mirror.ABOUT, told);
      return comparable;
    }
  }
}
