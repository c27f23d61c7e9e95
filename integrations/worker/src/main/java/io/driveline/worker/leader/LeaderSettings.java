package io.driveline.worker.leader;

import io.driveline.runtime.settings.Settings;
import io.driveline.runtime.settings.WrongSettingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.UUID;
import java.util.regex.Pattern;

/**
 * How the workers elect their leader.
 *
 * @param lease {@code driveline.worker.leader-election}: {@code kubernetes}, a Lease; or {@code
 *     file}, the lock on a file; in a pod the former is the default, elsewhere the latter
 * @param lockFolder {@code driveline.worker.lock-folder}: where that file is; by default a folder
 *     for temporary files, of its own for each user and each MongoDB
 */
record LeaderSettings(boolean lease, Path lockFolder) {

  private static final String KUBERNETES = "kubernetes";
  private static final String FILE = "file";

  /** Scheme and login before the hosts of a URI, and what stands behind them. */
  private static final Pattern AROUND_HOSTS = Pattern.compile("^[a-z+]+://([^@/]*@)?|[/?].*$");

  /**
   * @param inPod whether this process runs in a pod
   */
  static LeaderSettings from(Settings settings, boolean inPod) {
    String election = settings.text("driveline.worker.leader-election", inPod ? KUBERNETES : FILE);
    String folder = settings.text("driveline.worker.lock-folder", "");
    return switch (election) {
      case KUBERNETES -> new LeaderSettings(true, null);
      case FILE ->
          new LeaderSettings(false, folder.isEmpty() ? temporary(mongodb(settings)) : path(folder));
      default ->
          throw new WrongSettingException(
              "DRIVELINE_WORKER_LEADER_ELECTION must be kubernetes or file");
    };
  }

  private static String mongodb(Settings settings) {
    return settings.uri(
        "driveline.mongodb.uri", "mongodb://user:password@host:27017", "mongodb", "mongodb+srv");
  }

  private static Path path(String folder) {
    try {
      return Path.of(folder);
    } catch (InvalidPathException e) {
      throw new WrongSettingException("DRIVELINE_WORKER_LOCK_FOLDER must be a folder's path");
    }
  }

  /**
   * Workers of one machine that have one ledger share it. With those of another ledger, or of a
   * user who cannot write to it, one of both would never have a leader.
   */
  private static Path temporary(String mongodb) {
    String hosts = AROUND_HOSTS.matcher(mongodb).replaceAll("");
    return Path.of(
        System.getProperty("java.io.tmpdir"),
        "driveline-" + System.getProperty("user.name"),
        UUID.nameUUIDFromBytes(hosts.getBytes(StandardCharsets.UTF_8)).toString());
  }
}
