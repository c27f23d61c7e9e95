package io.driveline.servers.clickhouse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The fetch, with scripts in npm's place. */
class ChdbPackageTest {

  private static final String LAYS_THE_LIBRARY =
      """
      folder="${2#--prefix=}"
      echo once >> "$(dirname "$0")/calls"
      mkdir -p "$folder/node_modules/@chdb/lib-linux-x64-gnu"
      touch "$folder/node_modules/@chdb/lib-linux-x64-gnu/libchdb.so"
      """;

  @TempDir private Path home;

  @Test
  void fetchesOnceForManyThatStartTogether() throws Exception {
    ChdbPackage chdb = fetchedBy(LAYS_THE_LIBRARY);
    List<Callable<Path>> starts =
        Stream.generate(() -> (Callable<Path>) chdb::library).limit(4).toList();
    try (ExecutorService threads = Executors.newFixedThreadPool(4)) {
      for (Future<Path> library : threads.invokeAll(starts)) {
        assertThat(library.get()).exists();
      }
    }
    assertThat(home.resolve("calls")).hasContent("once");
  }

  @Test
  void saysNpmsLastLineWhenTheFetchFails() throws Exception {
    ChdbPackage chdb =
        fetchedBy("echo npm error code E404\necho npm error no such package >&2\nexit 1");
    assertThatThrownBy(chdb::library)
        .isInstanceOf(UnavailableException.class)
        .hasMessage("npm cannot fetch the ClickHouse engine: npm error no such package");
    try (Stream<Path> left = Files.list(home.resolve("cache"))) {
      assertThat(left.map(Path::getFileName).map(Path::toString)).containsExactly("chdb.lock");
    }
  }

  @Test
  void fetchesAgainAfterAFailure() throws Exception {
    assertThatThrownBy(fetchedBy("exit 1")::library).isInstanceOf(UnavailableException.class);
    assertThat(fetchedBy(LAYS_THE_LIBRARY).library()).exists();
  }

  @Test
  void saysThatNpmIsMissing() {
    ChdbPackage chdb =
        new ChdbPackage(home.resolve("cache"), "linux-x64-gnu", home.resolve("no-npm").toString());
    assertThatThrownBy(chdb::library)
        .isInstanceOf(UnavailableException.class)
        .hasMessageContaining("npm")
        .hasMessageContaining("PATH");
  }

  @Test
  void saysThatAPlatformHasNoPackage() throws Exception {
    assertThat(ChdbPackage.platform("Linux", "amd64")).isEqualTo("linux-x64-gnu");
    assertThat(ChdbPackage.platform("Mac OS X", "aarch64")).isEqualTo("darwin-arm64");
    assertThatThrownBy(() -> ChdbPackage.platform("Windows 11", "amd64"))
        .isInstanceOf(UnavailableException.class)
        .hasMessageContaining("Windows 11");
  }

  private ChdbPackage fetchedBy(String script) throws Exception {
    Path npm = home.resolve("npm");
    Files.writeString(npm, "#!/bin/sh\n" + script + "\n");
    Files.setPosixFilePermissions(npm, PosixFilePermissions.fromString("rwx------"));
    return new ChdbPackage(home.resolve("cache"), "linux-x64-gnu", npm.toString());
  }
}
