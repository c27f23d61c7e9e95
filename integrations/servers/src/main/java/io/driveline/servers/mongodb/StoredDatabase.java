package io.driveline.servers.mongodb;

import de.bwaldvogel.mongo.MongoCollection;
import de.bwaldvogel.mongo.MongoDatabase;
import de.bwaldvogel.mongo.backend.AbstractSynchronizedMongoDatabase;
import de.bwaldvogel.mongo.backend.CollectionOptions;
import de.bwaldvogel.mongo.backend.CursorRegistry;
import de.bwaldvogel.mongo.backend.Index;
import de.bwaldvogel.mongo.backend.IndexKey;
import de.bwaldvogel.mongo.oplog.Oplog;
import java.util.List;
import org.h2.mvstore.MVMap;
import org.h2.mvstore.MVStore;
import org.h2.mvstore.type.ByteArrayDataType;
import org.h2.mvstore.type.DataType;

/** A database whose collections and indexes are maps of one store: "database.collection$index". */
final class StoredDatabase extends AbstractSynchronizedMongoDatabase<Object> {

  private final MVStore store;

  StoredDatabase(String name, MVStore store, CursorRegistry cursors) {
    super(name, cursors);
    this.store = store;
    initializeNamespacesAndIndexes();
  }

  /** No collection's name has a '$', so a prefix that ends in one takes in nobody else's maps. */
  private String mapName(String collection, String index) {
    return getFullCollectionNamespace(collection) + "$" + index;
  }

  private <V> MVMap<Object, V> map(String collection, String index, DataType<V> type) {
    return store.openMap(
        mapName(collection, index),
        new MVMap.Builder<Object, V>().keyType(BsonType.INSTANCE).valueType(type));
  }

  private MVMap<Object, byte[]> documents(String collection) {
    return map(collection, "", ByteArrayDataType.INSTANCE);
  }

  private List<String> mapsWithPrefix(String prefix) {
    return store.getMapNames().stream().filter(name -> name.startsWith(prefix)).toList();
  }

  @Override
  protected MongoCollection<Object> openOrCreateCollection(String name, CollectionOptions options) {
    return new StoredCollection(this, name, options, cursorRegistry, documents(name));
  }

  @Override
  protected Index<Object> openOrCreateUniqueIndex(
      String collection, String name, List<IndexKey> keys, boolean sparse) {
    boolean onId = keys.size() == 1 && keys.getFirst().getKey().equals("_id");
    return onId
        ? new StoredIndexes.Id(name, keys, documents(collection))
        : new StoredIndexes.Unique(name, keys, sparse, map(collection, name, BsonType.INSTANCE));
  }

  @Override
  protected Index<Object> openOrCreateSecondaryIndex(
      String collection, String name, List<IndexKey> keys, boolean sparse) {
    return new StoredIndexes.Ordered(name, keys, map(collection, name, BsonType.INSTANCE));
  }

  @Override
  protected void dropIndex(MongoCollection<Object> collection, String name) {
    super.dropIndex(collection, name);
    store.removeMap(mapName(collection.getCollectionName(), name));
  }

  @Override
  public void dropCollection(String name, Oplog oplog) {
    super.dropCollection(name, oplog);
    mapsWithPrefix(mapName(name, "")).forEach(store::removeMap);
  }

  @Override
  public void moveCollection(MongoDatabase from, MongoCollection<?> collection, String newName) {
    if (from != this) {
      throw new UnsupportedOperationException("renameCollection to another database");
    }
    String prefix = mapName(collection.getCollectionName(), "");
    super.moveCollection(from, collection, newName);
    for (String map : mapsWithPrefix(prefix)) {
      store.renameMap(store.openMap(map), mapName(newName, map.substring(prefix.length())));
    }
  }

  @Override
  public boolean isEmpty() {
    return resolveCollection("system.namespaces", true).isEmpty();
  }

  @Override
  protected long getStorageSize() {
    return store.getFileStore() == null ? 0 : store.getFileStore().size();
  }

  @Override
  protected long getFileSize() {
    return getStorageSize();
  }
}
