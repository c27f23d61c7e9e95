package io.driveline.servers.clickhouse;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * The functions of libchdb, called through Java's foreign functions. The engine starts with the
 * first connection and ends with the last; a connection runs one statement at a time, and has
 * settings and a current database of its own.
 */
@SuppressWarnings("restricted") // native access is what this class is for
final class Chdb {

  private final SymbolLookup library;
  private final MethodHandle connect;
  private final MethodHandle close;
  private final MethodHandle query;
  private final MethodHandle error;
  private final MethodHandle buffer;
  private final MethodHandle length;
  private final MethodHandle destroy;

  /**
   * @throws UnavailableException if the library does not load, for example on an older libc
   */
  Chdb(Path file) throws UnavailableException {
    try {
      library = SymbolLookup.libraryLookup(file, Arena.global());
    } catch (IllegalArgumentException e) {
      throw new UnavailableException("the ClickHouse engine does not load: " + e.getMessage());
    }
    connect = function("chdb_connect", ADDRESS, JAVA_INT, ADDRESS);
    close = function("chdb_close_conn", null, ADDRESS);
    query =
        function(
            "chdb_query_with_params_n",
            ADDRESS,
            ADDRESS,
            ADDRESS,
            JAVA_LONG,
            ADDRESS,
            JAVA_LONG,
            ADDRESS,
            ADDRESS,
            ADDRESS,
            ADDRESS,
            JAVA_LONG);
    error = function("chdb_result_error", ADDRESS, ADDRESS);
    buffer = function("chdb_result_buffer", ADDRESS, ADDRESS);
    length = function("chdb_result_length", JAVA_LONG, ADDRESS);
    destroy = function("chdb_destroy_query_result", null, ADDRESS);
    // Otherwise it takes over SIGSEGV, which the JVM itself works with.
    call(function("chdb_set_signal_handlers_enabled", null, JAVA_INT), 0);
  }

  private MethodHandle function(String name, MemoryLayout result, MemoryLayout... arguments) {
    MemorySegment symbol =
        library
            .find(name)
            .orElseThrow(() -> new IllegalStateException("libchdb has no function " + name));
    return Linker.nativeLinker()
        .downcallHandle(
            symbol,
            result == null
                ? FunctionDescriptor.ofVoid(arguments)
                : FunctionDescriptor.of(result, arguments));
  }

  private static Object call(MethodHandle function, Object... arguments) {
    try {
      return function.invokeWithArguments(arguments);
    } catch (RuntimeException | Error e) {
      throw e;
    } catch (Throwable e) {
      throw new IllegalStateException(e);
    }
  }

  /**
   * Opens a connection.
   *
   * @throws IllegalStateException if the engine of this process works on another folder
   */
  Connection connect(Path folder) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment arguments = arena.allocate(ADDRESS, 2);
      arguments.setAtIndex(ADDRESS, 0, arena.allocateFrom("clickhouse"));
      arguments.setAtIndex(ADDRESS, 1, arena.allocateFrom("--path=" + folder));
      MemorySegment connection = (MemorySegment) call(connect, 2, arguments);
      if (connection.address() == 0) {
        throw new IllegalStateException(
            "the ClickHouse engine does not start; it can run once in a process, and once on "
                + folder);
      }
      return new Connection(connection);
    }
  }

  /** One connection; for one thread at a time. */
  final class Connection implements AutoCloseable {

    private final MemorySegment connection;

    private Connection(MemorySegment connection) {
      this.connection = connection;
    }

    /** Runs a statement whose answer does not matter. */
    void run(String sql) throws QueryException {
      query(sql.getBytes(StandardCharsets.UTF_8), "Null", Map.of());
    }

    /**
     * Runs one statement.
     *
     * @param sql the statement, and after it the data of an insert
     * @param format the format of the answer, where the statement names none
     * @param parameters for {@code {name:Type}}, as ClickHouse writes them
     */
    byte[] query(byte[] sql, String format, Map<String, String> parameters) throws QueryException {
      try (Arena arena = Arena.ofConfined()) {
        byte[] formatName = format.getBytes(StandardCharsets.UTF_8);
        Strings names = new Strings(arena, parameters.keySet());
        Strings values = new Strings(arena, parameters.values());
        MemorySegment result =
            (MemorySegment)
                call(
                    query,
                    connection.reinterpret(ADDRESS.byteSize()).get(ADDRESS, 0),
                    arena.allocateFrom(JAVA_BYTE, sql),
                    (long) sql.length,
                    arena.allocateFrom(JAVA_BYTE, formatName),
                    (long) formatName.length,
                    names.pointers,
                    names.lengths,
                    values.pointers,
                    values.lengths,
                    (long) parameters.size());
        try {
          return read(result);
        } finally {
          call(destroy, result);
        }
      }
    }

    private byte[] read(MemorySegment result) throws QueryException {
      MemorySegment message = (MemorySegment) call(error, result);
      if (message.address() != 0) {
        throw new QueryException(message.reinterpret(Long.MAX_VALUE).getString(0));
      }
      long size = (Long) call(length, result);
      return size == 0
          ? new byte[0]
          : ((MemorySegment) call(buffer, result)).reinterpret(size).toArray(JAVA_BYTE);
    }

    @Override
    public void close() {
      call(close, connection);
    }
  }

  /** Texts as C takes them: an array of pointers and one of lengths. */
  private static final class Strings {

    private final MemorySegment pointers;
    private final MemorySegment lengths;

    private Strings(Arena arena, Iterable<String> texts) {
      List<byte[]> all = new ArrayList<>();
      texts.forEach(text -> all.add(text.getBytes(StandardCharsets.UTF_8)));
      pointers = arena.allocate(ADDRESS, all.size());
      lengths = arena.allocate(JAVA_LONG, all.size());
      for (int i = 0; i < all.size(); i++) {
        pointers.setAtIndex(ADDRESS, i, arena.allocateFrom(JAVA_BYTE, all.get(i)));
        lengths.setAtIndex(JAVA_LONG, i, all.get(i).length);
      }
    }
  }
}
