package io.driveline.sandbox.desk;

import io.driveline.events.Json;
import java.io.PrintStream;
import org.bson.Document;

/** What would change in one object, for people. */
final class DiffText {

  private static final int LONGEST = 200;

  private DiffText() {}

  static void print(Document diff, PrintStream out) {
    Object account = diff.get("account");
    out.println(
        Terminal.plain(diff.get("type"))
            + " "
            + Terminal.plain(diff.get("id"))
            + (account == null ? "" : " of " + Terminal.plain(account))
            + (Boolean.TRUE.equals(diff.get("livemode")) ? " (live)" : " (test)"));
    for (Document change : diff.getList("changes", Document.class)) {
      out.println(
          "  "
              + Terminal.plain(change.get("path"))
              + ": "
              + value(change, "now")
              + " -> "
              + value(change, "then"));
    }
    int more = diff.getInteger("moreChanges", 0);
    if (more > 0) {
      out.println("  and " + Terminal.number(more) + " more");
    }
  }

  private static String value(Document change, String name) {
    if (change.get(name + "Size") instanceof Number size) {
      return "(" + Terminal.number(size.longValue()) + " characters)";
    }
    if (!change.containsKey(name)) {
      return "(nothing)";
    }
    String text = Terminal.plain(Json.write(change.get(name)));
    return text.length() <= LONGEST ? text : text.substring(0, LONGEST) + "…";
  }
}
