package io.driveline.system.images;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** The memory of a process's cgroup, of version 1 or 2. */
record Cgroup(Path usage, Path statistics, String inactiveFiles) {

  private static final Path ROOT = Path.of("/sys/fs/cgroup");

  static Cgroup of(long pid) throws IOException {
    List<String> lines = Files.readAllLines(Path.of("/proc", String.valueOf(pid), "cgroup"));
    for (String line : lines) {
      String[] parts = line.split(":", 3);
      if (parts[1].equals("memory")) {
        Path folder = ROOT.resolve("memory").resolve(parts[2].substring(1));
        return new Cgroup(
            folder.resolve("memory.usage_in_bytes"),
            folder.resolve("memory.stat"),
            "total_inactive_file ");
      }
    }
    Path folder = ROOT.resolve(lines.getFirst().split(":", 3)[2].substring(1));
    return new Cgroup(
        folder.resolve("memory.current"), folder.resolve("memory.stat"), "inactive_file ");
  }

  long workingSet() throws IOException {
    long all = Long.parseLong(Files.readString(usage).strip());
    try (Stream<String> lines = Files.lines(statistics)) {
      long unused =
          lines
              .filter(line -> line.startsWith(inactiveFiles))
              .mapToLong(line -> Long.parseLong(line.substring(inactiveFiles.length())))
              .findFirst()
              .orElse(0);
      return Math.max(0, all - unused);
    }
  }
}
