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
import java.util.Objects;
import java.util.UUID;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.h2.mvstore.MVMap;

/**
 * A collection: a map from _id to the document as BSON. Whoever reads gets a copy of his own: the
 * library changes documents in place and encodes replies outside its locks, so a shared one would
 * tear.
 */
final class StoredCollection extends AbstractSynchronizedMongoCollection<Object> {

  private static final int SORTING_INDEX = 2;

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
    Stream<Document> found =
        StreamSupport.stream(best.getPositions(filter).spliterator(), false)
            .map(documents::get)
            .filter(Objects::nonNull)
            .map(BsonType::decode);
    Document sort = most == SORTING_INDEX ? null : orderBy;
    return matchDocumentsFromStream(found, query, sort, skip, limit, batchSize, fields);
  }

  private static int worth(Index<Object> index, Document filter, Document orderBy) {
    if (!index.canHandle(filter)) {
      return 0;
    }
    if (index.isUnique()) {
      return SORTING_INDEX + 1;
    }
    return StoredIndexes.sorts(index, filter, orderBy) ? SORTING_INDEX : 1;
  }

  @Override
  protected QueryResult matchDocuments(
      Document query, Document orderBy, int skip, int limit, int batchSize, Document fields) {
    return matchDocumentsFromStream(
        documents.values().stream().map(BsonType::decode),
        query,
        orderBy,
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
