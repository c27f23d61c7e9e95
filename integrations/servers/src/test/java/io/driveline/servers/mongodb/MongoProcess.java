package io.driveline.servers.mongodb;

import java.nio.file.Path;

/** A server in a process of its own; the third argument says whether replies await their commit. */
final class MongoProcess {

  private MongoProcess() {}

  static Process start(int port, Path file, boolean awaitsCommits) throws Exception {
    return new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-cp",
            System.getProperty("java.class.path"),
            MongoProcess.class.getName(),
            String.valueOf(port),
            file.toString(),
            String.valueOf(awaitsCommits))
        .redirectErrorStream(true)
        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
        .start();
  }

  public static void main(String[] args) {
    DurableBackend backend = new DurableBackend(Path.of(args[1]), Boolean.parseBoolean(args[2]));
    EmbeddedMongo.serve(backend, Integer.parseInt(args[0]));
  }
}
