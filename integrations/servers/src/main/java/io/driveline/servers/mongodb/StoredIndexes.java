package io.driveline.servers.mongodb;

import de.bwaldvogel.mongo.MongoCollection;
import de.bwaldvogel.mongo.backend.AbstractUniqueIndex;
import de.bwaldvogel.mongo.backend.EmptyIndex;
import de.bwaldvogel.mongo.backend.IndexKey;
import de.bwaldvogel.mongo.backend.KeyValue;
import de.bwaldvogel.mongo.backend.Missing;
import de.bwaldvogel.mongo.backend.Utils;
import de.bwaldvogel.mongo.bson.BsonRegularExpression;
import de.bwaldvogel.mongo.bson.Document;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Iterator;
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

  /**
   * Whether documents in the order of these keys are in an order that is asked for.
   *
   * @return 1 if they are, -1 if they are from the last to the first, 0 if not
   */
  static int direction(List<String> keys, Document orderBy) {
    if (orderBy == null
        || orderBy.isEmpty()
        || !List.copyOf(orderBy.keySet()).equals(keys.stream().limit(orderBy.size()).toList())) {
      return 0;
    }
    Set<Integer> directions =
        orderBy.values().stream()
            .map(value -> value instanceof Number n ? Integer.signum(n.intValue()) : 0)
            .collect(Collectors.toSet());
    return directions.size() == 1 ? directions.iterator().next() : 0;
  }

  /** What a filter says of one key, if that is a range and nothing else; null if not. */
  static Document range(Object value) {
    return value instanceof Document range
            && !range.isEmpty()
            && RANGE.containsAll(range.keySet())
            && range.values().stream().allMatch(StoredIndexes::isPlain)
        ? range
        : null;
  }

  static Object lower(Document range) {
    return range == null ? null : range.getOrDefault("$gte", range.get("$gt"));
  }

  static Object upper(Document range) {
    return range == null ? null : range.getOrDefault("$lte", range.get("$lt"));
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

    /**
     * Among the entries once a document had an array: it counts by its least or its greatest value
     * in an order, so the index has none to offer any more. As MongoDB's multikey, it stays.
     */
    private static final List<Object> ARRAYS = List.of();

    private final MVMap<Object, Object> entries;

    Ordered(String name, List<IndexKey> keys, MVMap<Object, Object> entries) {
      super(name, keys);
      this.entries = entries;
    }

    private List<Object> equalValues(Document filter) {
      return keys().stream().map(filter::get).takeWhile(StoredIndexes::isPlain).toList();
    }

    /** As {@link StoredIndexes#direction}: entries with the same first values are in this order. */
    int direction(Document filter, Document orderBy) {
      if (entries.containsKey(ARRAYS)) {
        return 0;
      }
      Stream<String> open = keys().stream().skip(equalValues(filter).size());
      return StoredIndexes.direction(
          Stream.concat(open, Stream.of("_id")).distinct().toList(), orderBy);
    }

    /** How many of its keys a filter narrows. */
    int narrowed(Document filter) {
      int equal = equalValues(filter).size();
      return rangeOf(equal, filter) == null ? equal : equal + 1;
    }

    private Document rangeOf(int key, Document filter) {
      return key < keys().size() ? range(filter.get(keys().get(key))) : null;
    }

    @Override
    public boolean canHandle(Document filter) {
      return narrowed(filter) > 0;
    }

    @Override
    public Iterable<Object> getPositions(Document filter) {
      return positions(filter, false);
    }

    /** All positions whose values a filter on the keys allows, and perhaps some more. */
    Iterable<Object> positions(Document filter, boolean backwards) {
      List<Object> equal = equalValues(filter);
      Document range = rangeOf(equal.size(), filter);
      Object upper = upper(range);
      Object lower = range == null || lower(range) != null ? lower(range) : lowestLike(upper);
      List<Object> from = new ArrayList<>(equal);
      Iterator<Object> entriesFound;
      if (backwards) {
        if (upper != null) {
          from.add(upper);
        }
        from.add(BsonType.HIGHEST);
        entriesFound = entries.keyIteratorReverse(from);
      } else {
        if (lower != null) {
          from.add(lower);
        }
        entriesFound = entries.keyIterator(from);
      }
      return StreamSupport.stream(Spliterators.spliteratorUnknownSize(entriesFound, 0), false)
              .map(entry -> (List<?>) entry)
              .filter(entry -> !entry.equals(ARRAYS))
              .takeWhile(entry -> isWithin(entry, equal, backwards ? lower : upper, backwards))
              .map(entry -> (Object) entry.getLast())
              .distinct() // an array has an entry for each of its values
          ::iterator;
    }

    private static boolean isWithin(
        List<?> entry, List<Object> equal, Object end, boolean backwards) {
      if (BsonType.INSTANCE.compare(entry.subList(0, equal.size()), equal) != 0) {
        return false;
      }
      int beyond = end == null ? 0 : BsonType.INSTANCE.compare(entry.get(equal.size()), end);
      return backwards ? beyond >= 0 : beyond <= 0;
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

    private void noteArrays(Document document) {
      if (keys().stream()
          .map(key -> Utils.getSubdocumentValueCollectionAware(document, key))
          .anyMatch(Collection.class::isInstance)) {
        entries.put(ARRAYS, true);
      }
    }

    @Override
    public void add(Document document, Object id, MongoCollection<Object> collection) {
      noteArrays(document);
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
      noteArrays(after);
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
