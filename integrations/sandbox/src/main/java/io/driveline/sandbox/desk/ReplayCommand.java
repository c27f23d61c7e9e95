package io.driveline.sandbox.desk;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.bson.Document;

/** {@code ./driveline replay}: sends events the whole way again, and waits until they are done. */
final class ReplayCommand {

  private static final int PAGE = 1_000;
  private static final int DIFFS = 100;
  private static final int FAILED_SHOWN = 5;

  /** What a replayed event that failed again is, and what is said of it. */
  private static final Map<String, String> FAILED = new LinkedHashMap<>();

  static {
    FAILED.put("parked", "parked again");
    FAILED.put("retrying", "failed, and will be tried again after growing pauses");
  }

  private static final List<String> UNFINISHED = List.of("received", "applying");
  private static final Set<String> NOT_TEXT = Set.of("livemode");

  private final DeskOptions options;
  private final DeskClient api;
  private final Terminal terminal;
  private final Duration poll;

  /**
   * @param poll the pause between two looks at how far the replay is
   */
  ReplayCommand(DeskOptions options, DeskClient api, Terminal terminal, Duration poll) {
    this.options = options;
    this.api = api;
    this.terminal = terminal;
    this.poll = poll;
  }

  int run() throws DeskException, InterruptedException {
    if (options.dryRun()) {
      return dryRun();
    }
    return options.id() != null ? one() : many();
  }

  private int dryRun() throws DeskException, InterruptedException {
    List<Document> diffs = new ArrayList<>();
    ReplayTotals totals = preview(diffs);
    if (options.id() != null && totals.matched() == 0) {
      throw new DeskException(1, "Driveline has not seen this event, or not yet.");
    }
    diffs.forEach(diff -> DiffText.print(diff, terminal.out()));
    if (totals.changed() > diffs.size()) {
      terminal
          .out()
          .println(
              "and " + Terminal.count(totals.changed() - diffs.size(), "more object") + " changed");
    }
    terminal.out().println(would(totals));
    return 0;
  }

  private static String would(ReplayTotals totals) {
    return Terminal.count(totals.matched(), "event")
        + ": "
        + Terminal.number(totals.replayed())
        + " would be replayed"
        + totals.leftOut()
        + "; "
        + Terminal.count(totals.changed(), "object")
        + " of the mirror would change.";
  }

  private ReplayTotals preview(List<Document> diffs) throws DeskException, InterruptedException {
    ReplayTotals totals = new ReplayTotals();
    ProgressBar bar = new ProgressBar(terminal);
    String cursor = null;
    do {
      Document page = api.replay(wish(cursor, true));
      totals.add(page);
      page.getList("diffs", Document.class).stream()
          .limit(Math.max(0, DIFFS - diffs.size()))
          .forEach(diffs::add);
      cursor = page.getString("next");
      bar.show(0, 0, "looked at " + Terminal.count(totals.matched(), "event"));
    } while (cursor != null);
    bar.clear();
    return totals;
  }

  private Document wish(String cursor, boolean dryRun) {
    Document wish = new Document("limit", PAGE).append("dryRun", dryRun);
    options
        .filter()
        .forEach(
            (name, value) ->
                wish.append(
                    name,
                    NOT_TEXT.contains(name) && Set.of("true", "false").contains(value)
                        ? Boolean.valueOf(value)
                        : value));
    if (options.id() != null) {
      wish.append("id", options.id());
    }
    if (options.all()) {
      wish.append("all", true);
    }
    return cursor == null ? wish : wish.append("cursor", cursor);
  }

  private int one() throws DeskException, InterruptedException {
    Document event = api.replay(options.id());
    ProgressBar bar = new ProgressBar(terminal);
    while (UNFINISHED.contains(event.getString("state"))) {
      bar.show(0, 0, Terminal.plain(event.get("id")) + " is " + event.getString("state"));
      Thread.sleep(poll);
      event = api.event(options.id());
    }
    bar.clear();
    EventTable table = new EventTable();
    table.add(event);
    table.print(terminal.out());
    return FAILED.containsKey(event.getString("state")) ? 1 : 0;
  }

  private int many() throws DeskException, InterruptedException {
    long total = 0;
    if (!options.yes()) {
      if (!terminal.interactive()) {
        throw new DeskException(2, "nobody can be asked here: give --yes, or --dry-run");
      }
      ReplayTotals preview = preview(new ArrayList<>());
      terminal.err().println(would(preview));
      if (preview.replayed() == 0 || !terminal.confirms("Replay them?")) {
        return preview.replayed() == 0 ? 0 : 1;
      }
      total = preview.replayed();
    }
    ReplayTotals totals = new ReplayTotals();
    ProgressBar bar = new ProgressBar(terminal);
    String replay = null;
    Instant firstDue = null;
    Instant lastDue = null;
    String cursor = null;
    long begun = System.nanoTime();
    do {
      Document page = api.replay(wish(cursor, false));
      totals.add(page);
      replay = page.getString("replay");
      if (page.getString("firstDue") != null) {
        firstDue = firstDue == null ? Instant.parse(page.getString("firstDue")) : firstDue;
        lastDue = Instant.parse(page.getString("lastDue"));
      }
      cursor = page.getString("next");
      bar.show(totals.replayed(), total, Terminal.count(totals.replayed(), "event") + " made due");
    } while (cursor != null);
    bar.clear();
    terminal
        .err()
        .println(
            Terminal.count(totals.matched(), "event")
                + ": "
                + Terminal.number(totals.replayed())
                + " replayed"
                + totals.leftOut()
                + (totals.replayed() == 0 ? "." : ", as " + replay + "."));
    if (totals.replayed() == 0) {
      return 0;
    }
    await(replay, totals.replayed(), begun, Duration.between(firstDue, lastDue));
    return result(replay, totals.replayed());
  }

  /**
   * Until none of them is on its way: each is done, parked, or put off, which may last for hours.
   * Counting them all would be much asked while they are many.
   */
  private void await(String replay, long total, long begun, Duration spread)
      throws DeskException, InterruptedException {
    Thread told =
        new Thread(
            () ->
                terminal
                    .err()
                    .println("\nThe replayed events go on by themselves, as " + replay + "."));
    Runtime.getRuntime().addShutdownHook(told);
    ProgressBar bar = new ProgressBar(terminal);
    try {
      while (true) {
        long left = 0;
        boolean more = false;
        for (String state : UNFINISHED) {
          Document page = api.events(query(replay, state));
          left += page.getList("data", Document.class).size();
          more |= page.getString("next") != null;
        }
        if (left == 0) {
          return;
        }
        long done = Math.max(0, total - left);
        if (more) {
          // So many that their due times tell best; of a due event most are done at once.
          long passed = (System.nanoTime() - begun) / 1_000_000;
          done = Math.min(done, total * passed / Math.max(1, spread.toMillis()));
        }
        bar.show(
            done,
            total,
            (more ? "about " : "")
                + Terminal.number(done)
                + " of "
                + Terminal.number(total)
                + " done");
        Thread.sleep(poll);
      }
    } finally {
      bar.clear();
      try {
        Runtime.getRuntime().removeShutdownHook(told);
      } catch (IllegalStateException e) {
        // It ends right now, and has told.
      }
    }
  }

  private int result(String replay, long total) throws DeskException, InterruptedException {
    boolean failed = false;
    for (Map.Entry<String, String> state : FAILED.entrySet()) {
      Document page = api.events(query(replay, state.getKey()));
      List<Document> events = page.getList("data", Document.class);
      if (events.isEmpty()) {
        continue;
      }
      failed = true;
      boolean more = page.getString("next") != null;
      terminal
          .out()
          .printf(
              "%s%s of %s %s: ./driveline events --state %s --replay %s%n",
              more ? "More than " : "",
              Terminal.number(events.size()),
              Terminal.count(total, "event"),
              state.getValue(),
              state.getKey(),
              replay);
      events.stream()
          .limit(FAILED_SHOWN)
          .forEach(
              event ->
                  terminal
                      .out()
                      .println(
                          "  "
                              + Terminal.plain(event.get("id"))
                              + "  "
                              + Terminal.plain(event.get("reason"))));
    }
    if (failed) {
      return 1;
    }
    terminal.out().println(Terminal.count(total, "event") + " done.");
    return 0;
  }

  private static Map<String, String> query(String replay, String state) {
    Map<String, String> query = new LinkedHashMap<>();
    query.put("replay", replay);
    query.put("state", state);
    query.put("limit", "100");
    return query;
  }
}
