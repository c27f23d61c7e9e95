package io.driveline.servers.mongodb;

import de.bwaldvogel.mongo.MongoCollection;
import de.bwaldvogel.mongo.backend.AbstractUniqueIndex;
import de.bwaldvogel.mongo.backend.EmptyIndex;
import de.bwaldvogel.mongo.backend.Index;
import de.bwaldvogel.mongo.backend.IndexKey;
import de.bwaldvogel.mongo.backend.KeyValue;
import de.bwaldvogel.mongo.backend.Missing;
import de.bwaldvogel.mongo.bson.BsonRegularExpression;
import de.bwaldvogel.mongo.bson.Document;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map.Entry;
import java.util.Set;
import java.util.Spliterators;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.h2.mvstore.MVMap;

/**
 * The kinds of index. Each gives at least the documents that a filter wants: the library matches
 * them again.
 */
final class StoredIndexes {

  private static final Set<String> RANGE = Set.of("$gt", "$gte", "$lt", "$lte");

  private StoredIndexes() {}

  /** The filter with its $and's merged in where they speak of other fields: drivers send such. */
  static Document flattened(Document filter) {
    Document merged = new Document(filter);
    if (filter.get("$and") instanceof Collection<?> parts) {
      parts.forEach(part -> flattened((Document) part).forEach(merged::putIfAbsent));
    }
    return merged;
  }

  /** Whether what the index gives is in this order already. */
  static boolean sorts(Index<Object> index, Document filter, Document orderBy) {
    return index instanceof Ordered ordered
        && orderBy != null
        && orderBy.size() == 1
        && orderBy.keySet().equals(ordered.firstOpenKey(filter))
        && orderBy.values().iterator().next() instanceof Number direction
        && direction.intValue() > 0;
  }

  private static boolean isPlain(Object value) {
    return value != null
        && !(value instanceof Document
            || value instanceof Collection
            || value instanceof BsonRegularExpression);
  }

  /** From the values of its keys to the document's _id. */
  static class Unique extends AbstractUniqueIndex<Object> {

    private final MVMap<Object, Object> ids;

    Unique(String name, List<IndexKey> keys, boolean sparse, MVMap<Object, Object> ids) {
      super(name, keys, sparse);
      this.ids = ids;
    }

    /** The library wants a filter on the keys alone; here it may have further conditions. */
    @Override
    public synchronized boolean canHandle(Document filter) {
      Document onKeys = new Document();
      for (String key : keys()) {
        Object value = filter.get(key);
        boolean operators =
            value instanceof Document && !BsonRegularExpression.isRegularExpression(value);
        if (!isPlain(value) && !operators) {
          return false;
        }
        onKeys.put(key, value);
      }
      return super.canHandle(onKeys);
    }

    @Override
    protected Object getPosition(KeyValue key) {
      return ids.get(key.stream().toList());
    }

    @Override
    protected boolean putKeyPosition(KeyValue key, Object id) {
      return ids.putIfAbsent(key.stream().toList(), id) == null;
    }

    @Override
    protected Object removeDocument(KeyValue key) {
      return ids.remove(key.stream().toList());
    }

    @Override
    protected Iterable<Entry<KeyValue, Object>> getIterable() {
      throw new UnsupportedOperationException("for regular expressions, which it does not handle");
    }

    @Override
    public long getCount() {
      return ids.sizeAsLong();
    }

    @Override
    public long getDataSize() {
      return getCount();
    }
  }

  /** The index on _id is the collection's own map: nothing has to be kept in step. */
  static final class Id extends Unique {

    private final MVMap<Object, byte[]> documents;

    Id(String name, List<IndexKey> keys, MVMap<Object, byte[]> documents) {
      super(name, keys, false, null);
      this.documents = documents;
    }

    /** The _id as it is stored: 1.0 finds 1. */
    @Override
    protected Object getPosition(KeyValue key) {
      Object wanted = Missing.ofNullable(key.get(0));
      Object found = documents.ceilingKey(wanted);
      return found != null && BsonType.INSTANCE.compare(found, wanted) == 0 ? found : null;
    }

    @Override
    public synchronized void add(
        Document document, Object id, MongoCollection<Object> collection) {}

    @Override
    protected Object removeDocument(KeyValue key) {
      return getPosition(key);
    }

    @Override
    public long getCount() {
      return documents.sizeAsLong();
    }
  }

  /**
   * In order and not unique: its entries are [value, …, _id]. It serves equal values of its first
   * keys, then one range.
   */
  static final class Ordered extends EmptyIndex<Object> {

    private final MVMap<Object, Object> entries;

    Ordered(String name, List<IndexKey> keys, MVMap<Object, Object> entries) {
      super(name, keys);
      this.entries = entries;
    }

    private List<Object> equalValues(Document filter) {
      return keys().stream().map(filter::get).takeWhile(StoredIndexes::isPlain).toList();
    }

    /** The first key without an equal value: by it the entries found are in order. */
    private Set<String> firstOpenKey(Document filter) {
      return keys().stream().skip(equalValues(filter).size()).limit(1).collect(Collectors.toSet());
    }

    private Document rangeOf(int key, Document filter) {
      return key < keys().size()
              && filter.get(keys().get(key)) instanceof Document range
              && RANGE.containsAll(range.keySet())
              && range.values().stream().allMatch(StoredIndexes::isPlain)
          ? range
          : null;
    }

    @Override
    public boolean canHandle(Document filter) {
      return !equalValues(filter).isEmpty() || rangeOf(0, filter) != null;
    }

    @Override
    public Iterable<Object> getPositions(Document filter) {
      List<Object> equal = equalValues(filter);
      Document range = rangeOf(equal.size(), filter);
      Object upper = range == null ? null : range.getOrDefault("$lte", range.get("$lt"));
      List<Object> from = new ArrayList<>(equal);
      if (range != null) {
        Object lower = range.getOrDefault("$gte", range.get("$gt"));
        from.add(lower != null ? lower : lowestLike(upper));
      }
      return StreamSupport.stream(
                  Spliterators.spliteratorUnknownSize(entries.keyIterator(from), 0), false)
              .map(entry -> (List<?>) entry)
              .takeWhile(entry -> isWithin(entry, equal, upper))
              .map(entry -> (Object) entry.getLast())
              .distinct() // an array has an entry for each of its values
          ::iterator;
    }

    private static boolean isWithin(List<?> entry, List<Object> equal, Object upper) {
      return BsonType.INSTANCE.compare(entry.subList(0, equal.size()), equal) == 0
          && (upper == null || BsonType.INSTANCE.compare(entry.get(equal.size()), upper) <= 0);
    }

    /** "Less than" wants values of the same type only, so those without one are passed over. */
    private static Object lowestLike(Object upper) {
      return switch (upper) {
        case Number n -> Double.NEGATIVE_INFINITY;
        case Instant i -> Instant.MIN;
        case String s -> "";
        case null, default -> null;
      };
    }

    private Stream<List<Object>> entriesOf(Document document, Object id) {
      return getKeyValues(document).stream()
          .map(values -> Stream.concat(values.stream(), Stream.of(id)).toList());
    }

    @Override
    public void add(Document document, Object id, MongoCollection<Object> collection) {
      entriesOf(document, id).forEach(entry -> entries.put(entry, true));
    }

    /** Gives no position: the index on _id does. */
    @Override
    public Object remove(Document document) {
      entriesOf(document, document.get("_id")).forEach(entries::remove);
      return null;
    }

    /** The new entries first, so that who reads meanwhile misses nothing. */
    @Override
    public void updateInPlace(
        Document before, Document after, Object id, MongoCollection<Object> collection) {
      Set<List<Object>> stale = entriesOf(before, id).collect(Collectors.toSet());
      entriesOf(after, id)
          .filter(entry -> !stale.remove(entry))
          .forEach(entry -> entries.put(entry, true));
      stale.forEach(entries::remove);
    }

    @Override
    public long getCount() {
      return entries.sizeAsLong();
    }
  }
}
