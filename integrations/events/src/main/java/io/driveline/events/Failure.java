package io.driveline.events;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Date;
import java.util.HexFormat;
import org.bson.Document;

/**
 * Why an event could not be applied.
 *
 * @param kind the exception's class, or what happened; nothing of the event, so that a log may have
 *     it
 * @param message short, for a person; may quote the event, as MongoDB's do
 * @param digest the same for failures at the same place of the code; empty if no code failed
 */
public record Failure(String kind, String message, String digest) {

  private static final int MESSAGE_LIMIT = 500;
  private static final int DIGEST_BYTES = 6;

  /** A failure that is no exception. */
  public static Failure of(String message) {
    return new Failure(message, message, "");
  }

  /** Describes an exception: its kind and message, and a digest of where it was thrown. */
  public static Failure of(Throwable thrown) {
    String kind = thrown.getClass().getSimpleName();
    String message = kind + (thrown.getMessage() == null ? "" : ": " + thrown.getMessage());
    return new Failure(
        kind,
        message.length() > MESSAGE_LIMIT ? message.substring(0, MESSAGE_LIMIT) : message,
        digest(thrown));
  }

  /** This failure as the last of so many. */
  public Failure after(int attempts) {
    String after = "given up after " + attempts + " attempts: ";
    return new Failure(after + kind, after + message, digest);
  }

  private static String digest(Throwable thrown) {
    try {
      MessageDigest sha = MessageDigest.getInstance("SHA-256");
      for (Throwable cause = thrown; cause != null; cause = cause.getCause()) {
        sha.update(cause.getClass().getName().getBytes(StandardCharsets.UTF_8));
        for (StackTraceElement frame : cause.getStackTrace()) {
          if (frame.getClassName().startsWith("io.driveline.")) {
            sha.update(frame.toString().getBytes(StandardCharsets.UTF_8));
          }
        }
      }
      return HexFormat.of().formatHex(sha.digest(), 0, DIGEST_BYTES);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e); // every JDK has it
    }
  }

  Document document(Date at) {
    return new Document("message", message).append("digest", digest).append("at", at);
  }
}
