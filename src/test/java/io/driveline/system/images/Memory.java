package io.driveline.system.images;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/**
 * What a container takes, in bytes.
 *
 * @param workingSet what the kubelet tells the autoscaler: all that its cgroup is charged with but
 *     files that were not used lately
 * @param resident what its process has resident. Mapped pages of files are among it, the AOT
 *     cache's before all, which its cgroup is not charged with if they were in memory before; where
 *     they were not, the working set may come near to this
 */
record Memory(long workingSet, long resident) {

  static final Memory NONE = new Memory(0, 0);

  static Memory of(long pid) throws IOException {
    try (Stream<String> status = Files.lines(Path.of("/proc", String.valueOf(pid), "status"))) {
      long kibi =
          status
              .filter(line -> line.startsWith("VmRSS:"))
              .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
              .findFirst()
              .orElseThrow(() -> new IOException("process " + pid + " has ended"));
      return new Memory(Cgroup.of(pid).workingSet(), kibi << 10);
    }
  }

  Memory max(Memory other) {
    return new Memory(Math.max(workingSet, other.workingSet), Math.max(resident, other.resident));
  }

  long larger() {
    return Math.max(workingSet, resident);
  }

  @Override
  public String toString() {
    return "%d/%d".formatted(workingSet >> 20, resident >> 20);
  }
}
