package io.driveline.api.events;

import io.driveline.api.rest.ProblemException;
import io.driveline.events.ReplayPosition;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Base64;

/** A replay's position as a text that a client gives back. */
final class ReplayCursor {

  private static final int PARTS = 5;

  private ReplayCursor() {}

  static String text(ReplayPosition position) {
    String plain =
        String.join(
            "/",
            position.replay(),
            String.valueOf(position.begun().toEpochMilli()),
            String.valueOf(position.nextDue().toEpochMilli()),
            position.created() == null ? "" : position.created().toString(),
            position.id());
    return Base64.getUrlEncoder()
        .withoutPadding()
        .encodeToString(plain.getBytes(StandardCharsets.UTF_8));
  }

  static ReplayPosition read(String text) {
    try {
      String plain = new String(Base64.getUrlDecoder().decode(text), StandardCharsets.UTF_8);
      String[] parts = plain.split("/", PARTS);
      return new ReplayPosition(
          parts[0],
          Instant.ofEpochMilli(Long.parseLong(parts[1])),
          Instant.ofEpochMilli(Long.parseLong(parts[2])),
          parts[3].isEmpty() ? null : Long.valueOf(parts[3]),
          parts[4]);
    } catch (IllegalArgumentException | IndexOutOfBoundsException e) {
      throw ProblemException.badParameter("cursor", "what the page before gave as next");
    }
  }
}
