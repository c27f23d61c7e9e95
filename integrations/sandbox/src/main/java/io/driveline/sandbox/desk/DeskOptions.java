package io.driveline.sandbox.desk;

import java.net.URI;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * What a command is asked for. Values of filters go to the API as they are: it knows what is right.
 *
 * @param command {@code events} or {@code replay}
 * @param api where the API is, without {@code /api/v1}
 * @param key the API key
 * @param id the one event that is meant; null for a filter
 * @param filter the filter, by the names that the API has
 * @param limit how many events to show
 * @param dryRun whether only to tell what would be done
 * @param all every event there is
 * @param yes whether nobody wants to be asked
 */
record DeskOptions(
    String command,
    URI api,
    String key,
    String id,
    Map<String, String> filter,
    int limit,
    boolean dryRun,
    boolean all,
    boolean yes) {

  /** The variable that has the API key. */
  static final String KEY = "DRIVELINE_API_KEY";

  static final String EVENTS = "events";
  static final String REPLAY = "replay";

  private static final String SANDBOX = "http://127.0.0.1:3001";
  private static final Pattern EVENT_ID = Pattern.compile("[A-Za-z0-9_.\\-]{1,255}");
  private static final int LIMIT = 20;
  private static final int MOST = 10_000;
  private static final Set<String> FILTERS =
      Set.of(
          "--type",
          "--customer",
          "--object",
          "--account",
          "--livemode",
          "--state",
          "--reason",
          "--from",
          "--to",
          "--replay");

  /**
   * Reads the arguments.
   *
   * @param sandboxKey the key of this machine's sandbox, for an API on this machine
   * @throws DeskException for what the command does not take
   */
  static DeskOptions read(
      String command, List<String> args, Map<String, String> environment, String sandboxKey)
      throws DeskException {
    boolean replay = command.equals(REPLAY);
    String url = SANDBOX;
    String key = environment.getOrDefault(KEY, "").strip();
    String id = null;
    Map<String, String> filter = new LinkedHashMap<>();
    int limit = LIMIT;
    boolean dryRun = false;
    boolean all = false;
    boolean yes = false;
    for (Iterator<String> rest = args.iterator(); rest.hasNext(); ) {
      String arg = rest.next();
      if (FILTERS.contains(arg)) {
        filter.put(arg.substring(2), value(command, arg, rest));
      } else if (arg.equals("--url")) {
        url = value(command, arg, rest);
      } else if (arg.equals("--key")) {
        key = value(command, arg, rest);
      } else if (!replay && arg.equals("--limit")) {
        limit = limit(value(command, arg, rest));
      } else if (replay && arg.equals("--dry-run")) {
        dryRun = true;
      } else if (replay && arg.equals("--all")) {
        all = true;
      } else if (replay && arg.equals("--yes")) {
        yes = true;
      } else if (arg.startsWith("-")) {
        throw new DeskException(
            2, command + " has no option " + arg + "; see ./driveline " + command + " --help");
      } else if (replay && id == null) {
        id = arg;
      } else {
        throw new DeskException(
            2,
            replay
                ? "replay takes one event id; for several give a filter"
                : "events takes options alone; see ./driveline events --help");
      }
    }
    int which = (id != null ? 1 : 0) + (filter.isEmpty() ? 0 : 1) + (all ? 1 : 0);
    if (replay && which != 1) {
      throw new DeskException(
          2,
          (which == 0 ? "replay needs" : "replay takes no more than")
              + " one of: an event id, a filter, --all; see ./driveline replay --help");
    }
    if (id != null && !EVENT_ID.matcher(id).matches()) {
      throw new DeskException(2, "that is no event id: it has other signs than letters, digits, _");
    }
    URI api = uri(url);
    if (key.isEmpty()) {
      if (!isLocal(api)) {
        throw new DeskException(2, "the API needs a key: set " + KEY + ", or give --key");
      }
      key = sandboxKey;
    }
    return new DeskOptions(command, api, key, id, Map.copyOf(filter), limit, dryRun, all, yes);
  }

  private static String value(String command, String option, Iterator<String> rest)
      throws DeskException {
    if (!rest.hasNext()) {
      throw new DeskException(2, option + " needs a value; see ./driveline " + command + " --help");
    }
    return rest.next();
  }

  private static int limit(String text) throws DeskException {
    try {
      int limit = Integer.parseInt(text);
      if (limit >= 1 && limit <= MOST) {
        return limit;
      }
    } catch (NumberFormatException e) {
      // told below
    }
    throw new DeskException(2, "--limit must be a number from 1 to " + MOST);
  }

  private static URI uri(String text) throws DeskException {
    try {
      URI uri = URI.create(text.replaceFirst("(/api/v1)?/*$", ""));
      String scheme = uri.getScheme() == null ? "" : uri.getScheme().toLowerCase(Locale.ROOT);
      if (uri.getHost() != null
          && Set.of("http", "https").contains(scheme)
          && uri.getQuery() == null
          && uri.getUserInfo() == null) {
        return uri;
      }
    } catch (IllegalArgumentException e) {
      // told below
    }
    throw new DeskException(2, "--url must be an address such as https://driveline.example.com");
  }

  private static boolean isLocal(URI api) {
    return Set.of("127.0.0.1", "localhost", "[::1]").contains(api.getHost());
  }

  /** Does not show the key. */
  @Override
  public String toString() {
    return command + " at " + api;
  }
}
