package io.driveline.sandbox.desk;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import org.bson.Document;

/** Events in rows, each column as wide as its widest value. */
final class EventTable {

  private static final List<String> HEAD =
      List.of("ID", "TYPE", "OBJECT", "STATE", "RECEIVED", "CLAIMS", "REASON");

  private final List<List<String>> rows = new ArrayList<>(List.of(HEAD));

  void add(Document event) {
    Document object = event.get("object", Document.class);
    String received = Terminal.plain(event.get("received"));
    rows.add(
        List.of(
            Terminal.plain(event.get("id")),
            Terminal.plain(event.get("type")),
            object == null ? "" : Terminal.plain(object.get("id")),
            Terminal.plain(event.get("state")),
            received.replaceFirst("\\.\\d+Z$", "Z"),
            Terminal.plain(event.get("claims")),
            Terminal.plain(event.get("reason"))));
  }

  int size() {
    return rows.size() - 1;
  }

  void print(PrintStream out) {
    int[] widths = new int[HEAD.size()];
    for (List<String> row : rows) {
      for (int i = 0; i < widths.length; i++) {
        widths[i] = Math.max(widths[i], row.get(i).length());
      }
    }
    for (List<String> row : rows) {
      StringBuilder line = new StringBuilder();
      for (int i = 0; i < widths.length; i++) {
        line.append(row.get(i)).append(" ".repeat(widths[i] - row.get(i).length() + 2));
      }
      out.println(line.toString().stripTrailing());
    }
  }
}
