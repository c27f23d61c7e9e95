package io.driveline.sandbox.desk;

import java.util.LinkedHashMap;
import java.util.Map;
import org.bson.Document;

/** {@code ./driveline events}: what the ledger has, the newest received first. */
final class EventsCommand {

  private static final int PAGE = 100;

  private final DeskOptions options;
  private final DeskClient api;
  private final Terminal terminal;

  EventsCommand(DeskOptions options, DeskClient api, Terminal terminal) {
    this.options = options;
    this.api = api;
    this.terminal = terminal;
  }

  int run() throws DeskException, InterruptedException {
    EventTable table = new EventTable();
    Map<String, String> query = new LinkedHashMap<>(options.filter());
    String next;
    do {
      query.put("limit", String.valueOf(Math.min(PAGE, options.limit() - table.size())));
      Document page = api.events(query);
      page.getList("data", Document.class).forEach(table::add);
      next = page.getString("next");
      query.put("cursor", next);
    } while (next != null && table.size() < options.limit());
    if (table.size() == 0) {
      terminal.err().println("No such events.");
      return 0;
    }
    table.print(terminal.out());
    if (next != null) {
      terminal
          .err()
          .println("There are more: --limit shows more of them, a filter leaves others out.");
    }
    return 0;
  }
}
