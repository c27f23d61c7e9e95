package io.driveline.api.rest;

import io.driveline.events.Json;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.bson.Document;
import org.springframework.http.HttpStatus;

/**
 * An error as RFC 9457 wants it told.
 *
 * @param status the HTTP status
 * @param kind the last part of the problem's type, such as {@code bad-parameter}
 * @param detail one sentence for the caller
 * @param members what a program may want to read besides
 */
public record Problem(int status, String kind, String detail, Map<String, Object> members) {

  /** The media type of {@link #toJson()}. */
  public static final String MEDIA_TYPE = "application/problem+json";

  /** A problem without further members. */
  public Problem(int status, String kind, String detail) {
    this(status, kind, detail, Map.of());
  }

  /** 404 for a path that no operation has. */
  public static Problem unknownPath() {
    return new Problem(
        404, "unknown-path", "There is nothing here; GET /api/v1/openapi.yaml lists what is.");
  }

  /** 405 for a path that other methods have. */
  public static Problem wrongMethod() {
    return new Problem(
        405, "wrong-method", "This path does not take this method; see the header Allow.");
  }

  /** 503 before the routes have started. */
  static Problem starting() {
    return new Problem(503, "unavailable", "The API is starting; try again.");
  }

  /** 500; the log knows more. */
  public static Problem fault() {
    return new Problem(500, "fault", "Driveline failed to answer; its log says why.");
  }

  /** The problem for a status that the servlet container gives by itself. */
  static Problem of(int status) {
    return switch (status) {
      case 400 -> new Problem(400, "bad-request", "The request is malformed.");
      case 404 -> unknownPath();
      case 405 -> wrongMethod();
      default -> {
        if (status >= 500) {
          yield fault();
        }
        HttpStatus known = HttpStatus.resolve(status);
        yield new Problem(
            status,
            "refused",
            known == null
                ? "The request is refused."
                : "The request is refused: " + known.getReasonPhrase() + ".");
      }
    };
  }

  /** Answers with it, where no route does. */
  public void write(HttpServletResponse response) throws IOException {
    response.setStatus(status);
    response.setContentType(MEDIA_TYPE);
    response.getOutputStream().write(toJson().getBytes(StandardCharsets.UTF_8));
  }

  /** The JSON object of {@value #MEDIA_TYPE}. */
  public String toJson() {
    HttpStatus known = HttpStatus.resolve(status);
    Document json =
        new Document("type", "urn:driveline:problem:" + kind)
            .append("title", known == null ? "Error" : known.getReasonPhrase())
            .append("status", status)
            .append("detail", detail);
    json.putAll(members);
    return Json.write(json);
  }
}
