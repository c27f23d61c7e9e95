package io.driveline.servers.browser;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import java.util.stream.Stream;

/** One page of a headless Chromium, driven over its DevTools protocol. */
public final class Browser implements AutoCloseable {

  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final int PAUSE_MILLIS = 50;
  private static final List<String> NAMES =
      List.of("chromium", "chromium-browser", "google-chrome", "google-chrome-stable");
  private static final ObjectMapper JSON = new ObjectMapper();

  private final Process process;
  private final Path profile;
  private final HttpClient http = HttpClient.newHttpClient();
  private final Map<Integer, CompletableFuture<JsonNode>> calls = new ConcurrentHashMap<>();
  private final AtomicInteger lastCall = new AtomicInteger();
  private WebSocket socket;
  private String session;

  private Browser(Process process, Path profile) {
    this.process = process;
    this.profile = profile;
  }

  /** Whether there is one on the PATH. */
  public static boolean isInstalled() {
    return executable() != null;
  }

  /** Opens an empty page. */
  public static Browser open() throws IOException {
    Path profile = Files.createTempDirectory("driveline-browser-");
    Process process =
        new ProcessBuilder(
                executable().toString(),
                "--headless=new",
                "--no-sandbox", // in a container there is none to be had
                "--disable-gpu",
                "--disable-dev-shm-usage",
                "--window-size=1600,1000",
                "--remote-debugging-port=0",
                "--user-data-dir=" + profile,
                "about:blank")
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start();
    Browser browser = new Browser(process, profile);
    try {
      browser.connect();
    } catch (IOException | RuntimeException e) {
      browser.close();
      throw e;
    }
    return browser;
  }

  private static Path executable() {
    return Stream.of(System.getenv().getOrDefault("PATH", "").split(":"))
        .flatMap(folder -> NAMES.stream().map(name -> Path.of(folder, name)))
        .filter(Files::isExecutable)
        .findFirst()
        .orElse(null);
  }

  private void connect() throws IOException {
    Path told = profile.resolve("DevToolsActivePort");
    List<String> lines =
        until(
            () -> "Chromium does not listen",
            () -> {
              if (!process.isAlive()) {
                throw new IllegalStateException("Chromium ended with " + process.exitValue());
              }
              List<String> read = Files.exists(told) ? Files.readAllLines(told) : List.of();
              return read.size() == 2 ? read : null;
            });
    socket =
        http.newWebSocketBuilder()
            .buildAsync(URI.create("ws://127.0.0.1:" + lines.get(0) + lines.get(1)), new Answers())
            .join();
    String page =
        until(
            () -> "Chromium shows no page",
            () ->
                call("Target.getTargets", Map.of())
                    .path("targetInfos")
                    .valueStream()
                    .filter(target -> target.path("type").asText().equals("page"))
                    .map(target -> target.path("targetId").asText())
                    .findFirst()
                    .orElse(null));
    session =
        call("Target.attachToTarget", Map.of("targetId", page, "flatten", true))
            .path("sessionId")
            .asText();
    call("Page.enable", Map.of());
  }

  /** Goes to an address; what the page then loads, it may still be loading. */
  public void go(String address) {
    JsonNode answer = call("Page.navigate", Map.of("url", address));
    if (answer.has("errorText")) {
      throw new IllegalStateException(address + ": " + answer.path("errorText").asText());
    }
  }

  /** The value of a JavaScript expression, of whatever JSON type it is; promises are awaited. */
  public JsonNode eval(String expression) {
    JsonNode answer =
        call(
            "Runtime.evaluate",
            Map.of("expression", expression, "returnByValue", true, "awaitPromise", true));
    if (answer.has("exceptionDetails")) {
      throw new IllegalStateException(
          expression
              + ": "
              + answer.path("exceptionDetails").path("exception").path("description"));
    }
    return answer.path("result").path("value");
  }

  /** Waits until an expression is true (not 0, not empty, not null), over page loads too. */
  public JsonNode await(String expression) {
    try {
      return until(
          () ->
              "never true in %s: %s; the page says: %s"
                  .formatted(
                      eval("location.href").asText(),
                      expression,
                      eval("document.body.innerText").asText()),
          () -> {
            try {
              JsonNode value = eval(expression);
              boolean holds =
                  value.asBoolean()
                      || value.isContainerNode() && !value.isEmpty()
                      || value.isTextual() && !value.asText().isEmpty();
              return holds ? value : null;
            } catch (IllegalStateException e) {
              return null; // the page is being left, or is not yet what it will be
            }
          });
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Clicks an element, which must come, as a person would: in its middle. */
  public void click(String selector) {
    clickOn("document.querySelector(" + quoted(selector) + ")");
  }

  /** Clicks the first of the selected elements that has exactly this text. */
  public void click(String selector, String text) {
    clickOn(
        "[...document.querySelectorAll(%s)].find(e => e.textContent.trim() === %s)"
            .formatted(quoted(selector), quoted(text)));
  }

  /** Once it stands still and nothing lies over it: a click on a moving element hits another. */
  private void clickOn(String element) {
    JsonNode middle =
        await(
            """
            (async () => {
              const find = () => %s;
              const e = find();
              if (!e) return null;
              e.scrollIntoView({block: 'center'});
              const before = e.getBoundingClientRect();
              await new Promise(done => setTimeout(done, 100));
              await new Promise(done => requestAnimationFrame(done));
              const box = e.getBoundingClientRect();
              const [x, y] = [box.x + box.width / 2, box.y + box.height / 2];
              const still = find() === e && !e.disabled && box.width > 0
                && ['x', 'y', 'width', 'height'].every(side => box[side] === before[side]);
              return still && e.contains(document.elementFromPoint(x, y)) ? [x, y] : null;
            })()"""
                .formatted(element));
    for (String type : List.of("mousePressed", "mouseReleased")) {
      call(
          "Input.dispatchMouseEvent",
          Map.of(
              "type",
              type,
              "x",
              middle.get(0).asDouble(),
              "y",
              middle.get(1).asDouble(),
              "button",
              "left",
              "clickCount",
              1));
    }
  }

  /** Types into a field, which must come. */
  public void type(String selector, String text) {
    await("!!document.querySelector(" + quoted(selector) + ")");
    eval("document.querySelector(" + quoted(selector) + ").focus()");
    call("Input.insertText", Map.of("text", text));
  }

  /** A picture of the page, as PNG. */
  public byte[] picture() {
    return Base64.getDecoder()
        .decode(call("Page.captureScreenshot", Map.of()).path("data").asText());
  }

  private static String quoted(String text) {
    return JSON.valueToTree(text).toString();
  }

  private JsonNode call(String method, Map<String, ?> parameters) {
    int id = lastCall.incrementAndGet();
    ObjectNode message = JSON.createObjectNode().put("id", id).put("method", method);
    message.set("params", JSON.valueToTree(parameters));
    if (session != null) {
      message.put("sessionId", session);
    }
    CompletableFuture<JsonNode> answer = new CompletableFuture<>();
    calls.put(id, answer);
    socket.sendText(message.toString(), true).join();
    try {
      JsonNode got = answer.get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
      if (got.has("error")) {
        throw new IllegalStateException(method + ": " + got.path("error"));
      }
      return got.path("result");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    } catch (ExecutionException | TimeoutException e) {
      throw new IllegalStateException(method + " has no answer", e);
    }
  }

  private interface Question<T> {
    T ask() throws IOException;
  }

  private static <T> T until(Supplier<String> otherwise, Question<T> question) throws IOException {
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (System.nanoTime() < end) {
      T answer = question.ask();
      if (answer != null) {
        return answer;
      }
      try {
        Thread.sleep(PAUSE_MILLIS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IllegalStateException(e);
      }
    }
    throw new IllegalStateException(otherwise.get());
  }

  @Override
  public void close() throws IOException {
    http.shutdownNow();
    process.descendants().forEach(ProcessHandle::destroyForcibly);
    process.destroyForcibly();
    process.onExit().join();
    try (Stream<Path> files = Files.walk(profile)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    }
  }

  private final class Answers implements WebSocket.Listener {

    private final StringBuilder begun = new StringBuilder();

    @Override
    public CompletionStage<?> onText(WebSocket from, CharSequence part, boolean last) {
      begun.append(part);
      if (last) {
        try {
          JsonNode message = JSON.readTree(begun.toString());
          CompletableFuture<JsonNode> call = calls.remove(message.path("id").asInt());
          if (call != null) {
            call.complete(message);
          }
        } catch (IOException e) {
          calls.values().forEach(call -> call.completeExceptionally(e));
        }
        begun.setLength(0);
      }
      from.request(1);
      return null;
    }

    @Override
    public void onError(WebSocket from, Throwable error) {
      calls.values().forEach(call -> call.completeExceptionally(error));
    }
  }
}
