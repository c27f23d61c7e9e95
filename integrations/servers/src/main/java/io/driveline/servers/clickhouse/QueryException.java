package io.driveline.servers.clickhouse;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A statement that the engine refuses; the message is the engine's own. */
final class QueryException extends Exception {

  private static final long serialVersionUID = 1L;
  private static final Pattern CODE = Pattern.compile("Code: (\\d+)\\.");
  private static final int UNKNOWN = 1002;

  QueryException(String message) {
    super(message);
  }

  /** ClickHouse's number of the error. */
  int code() {
    Matcher matcher = CODE.matcher(getMessage());
    return matcher.find() ? Integer.parseInt(matcher.group(1)) : UNKNOWN;
  }

  /** The HTTP status that ClickHouse answers with. */
  int status() {
    return switch (code()) {
      // What does not parse, does not fit or is not allowed.
      case 6, 26, 27, 36, 38, 41, 42, 43, 44, 53, 62, 69, 70, 72 -> 400;
      // An unknown function, identifier, type, table, database or setting.
      case 46, 47, 50, 60, 81, 115 -> 404;
      case 48, 344 -> 501;
      default -> 500;
    };
  }
}
