package io.driveline.servers.mongodb;

import de.bwaldvogel.mongo.MongoDatabase;
import de.bwaldvogel.mongo.backend.AbstractMongoBackend;
import de.bwaldvogel.mongo.bson.Document;
import io.netty.channel.Channel;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.stream.Collectors;
import org.h2.mvstore.MVStore;

/** Carries out commands, and replies only when a commit covers what the reply tells of. */
final class DurableBackend extends AbstractMongoBackend {

  /** They take the maps of collections away under the others' feet, so they run alone. */
  private static final Set<String> ALONE =
      Set.of("create", "createindexes", "drop", "dropdatabase", "dropindexes", "renamecollection");

  /** They only read, and share no lock: a long scan holds up no commit, and so no writer. */
  private static final Set<String> READS =
      Set.of("find", "aggregate", "count", "distinct", "getmore");

  /** Every so many commits some half-dead chunks are written anew, or the file would grow. */
  private static final int COMPACT_EVERY = 4;

  private static final int COMPACT_BYTES = 256 * 1024;
  private static final int COMPACT_BELOW_PERCENT = 50;
  private static final int CACHE_MEBIBYTES = 64;

  private final MVStore store;
  private final boolean awaitsCommits;
  private final Map<String, MongoDatabase> opened = new ConcurrentHashMap<>();

  /** Commands share it and a commit has it alone, so a commit never holds half a command. */
  private final ReadWriteLock commandOrCommit = new ReentrantReadWriteLock();

  private final AtomicLong finished = new AtomicLong();
  private final Object turn = new Object();
  private long committed;
  private long commits;

  /**
   * @param file where to keep everything; null for memory
   * @param awaitsCommits false replies before the commit, for the test that must see it
   */
  DurableBackend(Path file, boolean awaitsCommits) {
    MVStore.Builder builder = new MVStore.Builder();
    if (file != null) {
      builder.fileName(file.toString());
    }
    this.awaitsCommits = awaitsCommits;
    store = builder.autoCommitDisabled().autoCommitBufferSize(0).cacheSize(CACHE_MEBIBYTES).open();
    store.setRetentionTime(0);
    store.getMapNames().stream()
        .map(name -> name.substring(0, name.indexOf('.')))
        .distinct()
        .forEach(this::resolveDatabase);
  }

  @Override
  public Document handleCommand(Channel channel, String database, String command, Document query) {
    String name = command.toLowerCase(Locale.ROOT);
    boolean reads = READS.contains(name) && !writesItsResult(query);
    Lock lock = ALONE.contains(name) ? commandOrCommit.writeLock() : commandOrCommit.readLock();
    // A commit leaves those pages alone that a scan may still read.
    MVStore.TxCounter pages = store.registerVersionUsage();
    if (!reads) {
      lock.lock();
    }
    try {
      return withTrueCount(command, query, super.handleCommand(channel, database, command, query));
    } finally { // an error too may tell of data, as "duplicate key" does
      if (reads) {
        lock.lock(); // what was read may be in a commit that is under way
      }
      boolean unsaved = store.hasUnsavedChanges();
      lock.unlock();
      store.deregisterVersionUsage(pages);
      if (unsaved && awaitsCommits) {
        awaitCommit();
      }
    }
  }

  private static boolean writesItsResult(Document query) {
    return query.get("pipeline") instanceof List<?> stages
        && stages.stream()
            .anyMatch(
                stage ->
                    stage instanceof Document d
                        && (d.containsKey("$out") || d.containsKey("$merge")));
  }

  /** Whoever comes first commits for all whose commands were done by then. */
  private void awaitCommit() {
    long mine = finished.incrementAndGet();
    synchronized (turn) {
      if (committed >= mine) {
        return;
      }
      commandOrCommit.writeLock().lock();
      try {
        long covered = finished.get();
        if (++commits % COMPACT_EVERY == 0) {
          store.compact(COMPACT_BELOW_PERCENT, COMPACT_BYTES);
        }
        store.commit(); // returns after the write, which a kill -9 cannot undo
        committed = covered;
      } finally {
        commandOrCommit.writeLock().unlock();
      }
    }
  }

  /** The library counts the documents that it refused as inserted. */
  private static Document withTrueCount(String command, Document query, Document reply) {
    if (command.equals("insert") && reply.get("writeErrors") instanceof List<?> errors) {
      boolean ordered = !Boolean.FALSE.equals(query.get("ordered"));
      int asked = ((List<?>) query.get("documents")).size();
      Object inserted =
          ordered ? ((Document) errors.getFirst()).get("index") : asked - errors.size();
      reply.put("n", inserted);
    }
    return reply;
  }

  @Override
  protected MongoDatabase openOrCreateDatabase(String name) {
    return opened.computeIfAbsent(
        name, added -> new StoredDatabase(added, store, getCursorRegistry()));
  }

  @Override
  protected Set<String> listDatabaseNames() {
    return super.listDatabaseNames().stream()
        .filter(name -> !opened.get(name).isEmpty())
        .collect(Collectors.toSet());
  }

  @Override
  public void dropDatabase(String name) {
    super.dropDatabase(name);
    opened.remove(name);
  }

  @Override
  public void close() {
    super.close();
    store.close();
  }
}
