package io.driveline.servers.mongodb;

import de.bwaldvogel.mongo.MongoDatabase;
import de.bwaldvogel.mongo.backend.AbstractSynchronizedMongoCollection;
import de.bwaldvogel.mongo.backend.CollectionOptions;
import de.bwaldvogel.mongo.backend.CursorRegistry;
import de.bwaldvogel.mongo.backend.DocumentWithPosition;
import de.bwaldvogel.mongo.backend.Index;
import de.bwaldvogel.mongo.backend.Missing;
import de.bwaldvogel.mongo.backend.QueryParameters;
import de.bwaldvogel.mongo.backend.QueryResult;
import de.bwaldvogel.mongo.bson.Document;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Spliterators;
import java.util.UUID;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.h2.mvstore.Cursor;
import org.h2.mvstore.MVMap;

/**
 * A collection: a map from _id to the document as BSON. Whoever reads gets a copy of his own: the
 * library changes documents in place and encodes replies outside its locks, so a shared one would
 * tear.
 */
final class StoredCollection extends AbstractSynchronizedMongoCollection<Object> {

  private final MVMap<Object, byte[]> documents;

  StoredCollection(
      MongoDatabase database,
      String name,
      CollectionOptions options,
      CursorRegistry cursors,
      MVMap<Object, byte[]> documents) {
    super(database, name, options, cursors);
    this.documents = documents;
  }

  /** Not synchronized as the library's: a map gives each reader a snapshot. */
  @Override
  public QueryResult handleQuery(QueryParameters query) {
    Document selector = query.getQuerySelector();
    String dollar = selector.containsKey("$query") ? "$" : "";
    boolean wrapped = selector.containsKey(dollar + "query");
    return queryDocuments(
        wrapped ? (Document) selector.get(dollar + "query") : selector,
        wrapped ? (Document) selector.get(dollar + "orderby") : null,
        query.getNumberToSkip(),
        query.getLimit(),
        query.getBatchSize(),
        query.getProjection());
  }

  /** An index serves also a filter with further conditions, and may spare the sort. */
  @Override
  protected QueryResult queryDocuments(
      Document query, Document orderBy, int skip, int limit, int batchSize, Document fields) {
    Document filter = StoredIndexes.flattened(query);
    Index<Object> best = null;
    int most = 0;
    for (Index<Object> index : new ArrayList<>(getIndexes())) {
      int worth = worth(index, filter, orderBy);
      if (worth > most) {
        best = index;
        most = worth;
      }
    }
    if (best == null) {
      return matchDocuments(query, orderBy, skip, limit, batchSize, fields);
    }
    int direction =
        best instanceof StoredIndexes.Ordered ordered ? ordered.direction(filter, orderBy) : 0;
    Iterable<Object> positions =
        best instanceof StoredIndexes.Ordered ordered
            ? ordered.positions(filter, direction < 0)
            : best.getPositions(filter);
    Stream<Document> found =
        StreamSupport.stream(positions.spliterator(), false)
            .map(documents::get)
            .filter(Objects::nonNull)
            .map(BsonType::decode);
    Document sort = direction == 0 ? orderBy : null;
    return matchDocumentsFromStream(found, query, sort, skip, limit, batchSize, fields);
  }

  /** One document before a few, the fewer the better, and in order before those to be sorted. */
  private static int worth(Index<Object> index, Document filter, Document orderBy) {
    if (index instanceof StoredIndexes.Ordered ordered) {
      return 2 * ordered.narrowed(filter) + Math.abs(ordered.direction(filter, orderBy));
    }
    return index.canHandle(filter) ? Integer.MAX_VALUE : 0;
  }

  /** Where no index serves: they are in the order of their _id, of which a filter may want some. */
  @Override
  protected QueryResult matchDocuments(
      Document query, Document orderBy, int skip, int limit, int batchSize, Document fields) {
    boolean ordered = getIdField() != null;
    Document range =
        ordered ? StoredIndexes.range(StoredIndexes.flattened(query).get("_id")) : null;
    Object lower = StoredIndexes.lower(range);
    Object upper = StoredIndexes.upper(range);
    int direction = ordered ? StoredIndexes.direction(List.of("_id"), orderBy) : 0;
    boolean backwards = direction < 0;
    Cursor<Object, byte[]> found =
        documents.cursor(backwards ? upper : lower, backwards ? lower : upper, backwards);
    return matchDocumentsFromStream(
        StreamSupport.stream(Spliterators.spliteratorUnknownSize(found, 0), false)
            .map(id -> BsonType.decode(found.getValue())),
        query,
        direction == 0 ? orderBy : null,
        skip,
        limit,
        batchSize,
        fields);
  }

  @Override
  protected Object addDocumentInternal(Document document) {
    Object id =
        getIdField() == null ? UUID.randomUUID() : Missing.ofNullable(document.get(getIdField()));
    documents.put(id, BsonType.encode(document));
    return id;
  }

  @Override
  protected void handleUpdate(Object id, Document before, Document after) {
    documents.put(id, BsonType.encode(after));
  }

  @Override
  protected void removeDocument(Object id) {
    documents.remove(id);
  }

  @Override
  protected Document getDocument(Object id) {
    return BsonType.decode(documents.get(id));
  }

  @Override
  protected Stream<DocumentWithPosition<Object>> streamAllDocumentsWithPosition() {
    return documents.entrySet().stream()
        .map(e -> new DocumentWithPosition<>(BsonType.decode(e.getValue()), e.getKey()));
  }

  @Override
  public int count() {
    return documents.size();
  }

  /** It would cost one more page in every commit. */
  @Override
  protected boolean tracksDataSize() {
    return false;
  }

  @Override
  protected void updateDataSize(int delta) {}

  @Override
  protected int getDataSize() {
    return 0;
  }
}
