package io.driveline.events;

import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The orderings of some changes that fit best.
 *
 * @param broken in how many places the next change did not begin with what the one before it left;
 *     0 where everything fits, more where an event is not in the ledger (yet)
 * @param ends the states in which these orderings end
 */
record Orderings(int broken, Set<State> ends) {

  /** Up to so many changes all orderings are weighed: 2^16 subsets, a few milliseconds. */
  private static final int MOST = 16;

  private static final byte IMPOSSIBLE = Byte.MAX_VALUE;

  /**
   * Finds them.
   *
   * @param changes of one object and second
   * @param starts the states in which the second may have begun; empty if nothing is known of that
   * @param ladder whether a status may not fall
   */
  static Orderings of(List<Change> changes, Set<State> starts, boolean ladder) {
    return changes.size() > MOST
        ? bySum(changes, starts)
        : bySubsets(changes, starts, new Links(changes, ladder));
  }

  /**
   * For each set of changes and each last one among them, how many links are broken at least. Which
   * changes came in which order before the last one is no matter for what may follow.
   */
  private static Orderings bySubsets(List<Change> changes, Set<State> starts, Links links) {
    int n = changes.size();
    int all = (1 << n) - 1;
    byte[] broken = new byte[(all + 1) * n];
    Arrays.fill(broken, IMPOSSIBLE);
    for (int first = 0; first < n; first++) {
      if (links.allows(first, 0)) {
        State before = changes.get(first).before();
        boolean fits = starts.isEmpty() || before == null || starts.contains(before);
        broken[(1 << first) * n + first] = (byte) (fits ? 0 : 1);
      }
    }
    for (int set = 1; set < all; set++) {
      for (int last = 0; last < n; last++) {
        byte sofar = broken[set * n + last];
        for (int next = 0; sofar != IMPOSSIBLE && next < n; next++) {
          if ((set & 1 << next) == 0 && links.allows(next, set)) {
            int longer = (set | 1 << next) * n + next;
            broken[longer] = (byte) Math.min(broken[longer], sofar + links.broken(last, next));
          }
        }
      }
    }
    int fewest = IMPOSSIBLE;
    Set<State> ends = new HashSet<>();
    for (int last = 0; last < n; last++) {
      byte cost = broken[all * n + last];
      if (cost < fewest) {
        fewest = cost;
        ends.clear();
      }
      if (cost == fewest) {
        ends.add(changes.get(last).after());
      }
    }
    return new Orderings(fewest, ends);
  }

  /**
   * The same for many changes, where each tells the state before: each state left counts +1, each
   * state begun with -1, and what is left at +1 is the last. Where one does not tell, nothing is
   * found out.
   */
  private static Orderings bySum(List<Change> changes, Set<State> starts) {
    Set<State> left = new HashSet<>();
    Set<State> deleted = new HashSet<>();
    Map<State, Integer> sum = new HashMap<>();
    for (Change change : changes) {
      left.add(change.after());
      if (change.event().deleted()) {
        deleted.add(change.after());
      }
      sum.merge(change.after(), 1, Integer::sum);
      if (change.before() != null) {
        sum.merge(change.before(), -1, Integer::sum);
      }
    }
    if (!deleted.isEmpty()) {
      return new Orderings(0, deleted);
    }
    if (!changes.stream().allMatch(Change::placed)) {
      return new Orderings(0, left);
    }
    sum.values().removeIf(count -> count <= 0);
    if (!sum.isEmpty()) {
      int ways = sum.values().stream().mapToInt(Integer::intValue).sum();
      return new Orderings(ways - 1, sum.keySet());
    }
    Set<State> again = new HashSet<>(left);
    again.retainAll(starts);
    return new Orderings(0, again.isEmpty() ? left : again);
  }

  /** Which change may follow which, looked up many thousand times. */
  private static final class Links {

    private final byte[][] broken;
    private final int[] before;

    Links(List<Change> changes, boolean ladder) {
      int n = changes.size();
      broken = new byte[n][n];
      before = new int[n];
      for (int a = 0; a < n; a++) {
        for (int b = 0; b < n; b++) {
          broken[a][b] = (byte) (changes.get(a).breaks(changes.get(b)) ? 1 : 0);
          if (changes.get(a).precedes(changes.get(b), ladder)) {
            before[b] |= 1 << a;
          }
        }
      }
    }

    int broken(int change, int next) {
      return broken[change][next];
    }

    /** Whether everything that must come before it is in the set. */
    boolean allows(int change, int set) {
      return (before[change] & ~set) == 0;
    }
  }
}
