package io.driveline.servers.clickhouse;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * The npm package that holds the engine. It is fetched once, into a folder of the user's cache; npm
 * checks its integrity.
 *
 * @param cache where fetched packages stay
 * @param platform the end of the package's name, such as {@code linux-x64-gnu}
 * @param npm the command that fetches
 */
record ChdbPackage(Path cache, String platform, String npm) {

  private static final String VERSION = "26.7.3-stable.1";
  private static final long FETCH_MINUTES = 15;

  /**
   * The package for this machine.
   *
   * @throws UnavailableException if there is none
   */
  static ChdbPackage forThisMachine() throws UnavailableException {
    String cache = System.getenv("XDG_CACHE_HOME");
    Path home =
        cache == null || cache.isBlank()
            ? Path.of(System.getProperty("user.home"), ".cache")
            : Path.of(cache);
    return new ChdbPackage(
        home.resolve("driveline"),
        platform(System.getProperty("os.name"), System.getProperty("os.arch")),
        "npm");
  }

  static String platform(String system, String processor) throws UnavailableException {
    String cpu =
        Map.of("amd64", "x64", "x86_64", "x64", "aarch64", "arm64").getOrDefault(processor, "");
    String os = system.toLowerCase(Locale.ROOT);
    if (!cpu.isEmpty() && os.equals("linux")) {
      return "linux-" + cpu + "-gnu";
    }
    if (!cpu.isEmpty() && os.startsWith("mac")) {
      return "darwin-" + cpu;
    }
    throw new UnavailableException(
        "the ClickHouse engine has no package for " + system + " on " + processor);
  }

  /**
   * The engine's library, fetched if it is not there yet.
   *
   * @throws UnavailableException if it cannot be fetched
   */
  Path library() throws UnavailableException {
    Path library = file();
    if (Files.exists(library)) {
      return library;
    }
    // A file lock keeps other processes out; within one process it would be an exception.
    synchronized (ChdbPackage.class) {
      try {
        Files.createDirectories(cache);
        try (FileChannel file =
                FileChannel.open(
                    cache.resolve("chdb.lock"),
                    StandardOpenOption.CREATE,
                    StandardOpenOption.WRITE);
            FileLock held = file.lock()) {
          if (held.isValid() && !Files.exists(library)) {
            fetch();
          }
        }
      } catch (IOException e) {
        throw new UnavailableException(
            "the ClickHouse engine cannot be kept in " + cache + ": " + e);
      }
    }
    if (!Files.exists(library)) {
      throw new UnavailableException("npm's package " + name() + " holds no libchdb.so");
    }
    return library;
  }

  /** Where the library is once it is fetched. */
  Path file() {
    return folder().resolve(Path.of("node_modules", name(), "libchdb.so"));
  }

  private Path folder() {
    return cache.resolve("chdb-" + platform + "-" + VERSION);
  }

  private String name() {
    return "@chdb/lib-" + platform;
  }

  /** Beside its place and then moved there, so that what is in its place is whole. */
  private void fetch() throws IOException, UnavailableException {
    Path fresh = Files.createTempDirectory(cache, "fetching");
    try {
      install(fresh);
      delete(folder());
      Files.move(fresh, folder(), StandardCopyOption.ATOMIC_MOVE);
    } finally {
      delete(fresh);
    }
  }

  private void install(Path folder) throws IOException, UnavailableException {
    Path log = folder.resolve("npm.log");
    Process process;
    try {
      process =
          new ProcessBuilder(
                  npm,
                  "install",
                  "--prefix=" + folder,
                  "--ignore-scripts",
                  "--no-audit",
                  "--no-fund",
                  "--no-update-notifier",
                  "--logs-max=0",
                  name() + "@" + VERSION)
              .directory(folder.toFile())
              .redirectErrorStream(true)
              .redirectOutput(log.toFile())
              .start();
    } catch (IOException e) {
      throw new UnavailableException(
          "npm, which fetches the ClickHouse engine, is not on the PATH");
    }
    try {
      if (!process.waitFor(FETCH_MINUTES, TimeUnit.MINUTES)) {
        throw new UnavailableException(
            "npm did not fetch the ClickHouse engine within " + FETCH_MINUTES + " minutes");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new UnavailableException("the fetch of the ClickHouse engine was interrupted");
    } finally {
      process.descendants().forEach(ProcessHandle::destroy);
      process.destroy();
    }
    if (process.exitValue() != 0) {
      throw new UnavailableException("npm cannot fetch the ClickHouse engine: " + lastLine(log));
    }
  }

  private static String lastLine(Path log) throws IOException {
    List<String> lines =
        new String(Files.readAllBytes(log), StandardCharsets.UTF_8)
            .lines()
            .map(String::strip)
            .filter(line -> !line.isEmpty())
            .toList();
    return lines.isEmpty() ? "it says nothing" : lines.getLast();
  }

  static void delete(Path folder) throws IOException {
    if (!Files.exists(folder)) {
      return;
    }
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    }
  }
}
