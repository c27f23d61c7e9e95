package io.driveline.system.cluster;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * kubectl, run as a user runs it.
 *
 * @param program which one
 * @param kubeconfig of whom, and where to
 */
record Kubectl(Path program, Path kubeconfig) {

  private static final ObjectMapper JSON = new ObjectMapper();

  /**
   * Above every timeout that is given to kubectl itself, and what a busy machine needs to render
   * all.
   */
  private static final long MOST_SECONDS = 900;

  /** What a command answered. */
  record Answer(int status, String out, String err) {

    boolean isGood() {
      return status == 0;
    }

    /** Where kubectl says what was wrong. */
    String reason() {
      return (err.isBlank() ? out : err).strip();
    }
  }

  /** Runs it; a status other than 0 is an answer, too. */
  Answer ask(String... arguments) {
    return feed("", arguments);
  }

  /** The same, with a text on its standard input. */
  Answer feed(String input, String... arguments) {
    return answer(builder(arguments), input);
  }

  /** Its output; what it could not do is thrown. */
  String tell(String... arguments) {
    Answer answer = ask(arguments);
    Wrong.unless(
        answer.isGood(), "kubectl " + String.join(" ", arguments) + ": " + answer.reason());
    return answer.out();
  }

  /** Its output of {@code -o json}. */
  JsonNode json(String... arguments) {
    List<String> all = new ArrayList<>(List.of(arguments));
    all.addAll(List.of("-o", "json"));
    return parse(tell(all.toArray(String[]::new)));
  }

  /** Leaves it running; its errors are dropped. */
  Process start(String... arguments) {
    try {
      return builder(arguments).redirectError(ProcessBuilder.Redirect.DISCARD).start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static JsonNode parse(String json) {
    try {
      return JSON.readTree(json);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private ProcessBuilder builder(String... arguments) {
    List<String> command = new ArrayList<>(List.of(program.toString()));
    command.addAll(List.of(arguments));
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().put("KUBECONFIG", kubeconfig.toString());
    return builder;
  }

  /** Runs any command to its end. */
  static Answer answer(ProcessBuilder builder, String input) {
    try {
      Process process = builder.start();
      CompletableFuture<String> out =
          CompletableFuture.supplyAsync(
              () -> text(process.getInputStream()), Thread::startVirtualThread);
      CompletableFuture<String> err =
          CompletableFuture.supplyAsync(
              () -> text(process.getErrorStream()), Thread::startVirtualThread);
      try (var in = process.getOutputStream()) {
        in.write(input.getBytes(StandardCharsets.UTF_8));
      } catch (IOException e) {
        // It has ended without reading; its answer says why.
      }
      if (!process.waitFor(MOST_SECONDS, TimeUnit.SECONDS)) {
        process.destroyForcibly();
        throw new Wrong(String.join(" ", builder.command()) + " has not ended");
      }
      return new Answer(process.exitValue(), out.join(), err.join());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new Wrong("interrupted");
    }
  }

  private static String text(java.io.InputStream stream) {
    try (stream) {
      return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
