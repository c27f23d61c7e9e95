package io.driveline.system.faults;

import java.io.PrintStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What a run came to, and whether that keeps the promises. */
final class Outcome {

  /** Within this, every service must be back from when its dependency is. */
  private static final Duration RECOVERY = Duration.ofSeconds(30);

  private static final int SHOWN = 10;

  int sent;
  int accepted;
  int applied;
  int superseded;
  int objects;
  int crowded;
  int tied;
  long duplicates;
  int retried;
  int claimedAgain;
  int parked;
  int dead;
  long messages;

  /** Whether a slow recovery fails the run. */
  boolean bounded;

  final Map<String, Life> lost = new LinkedHashMap<>();
  final Map<String, Life> doubled = new LinkedHashMap<>();
  final Map<String, Life> backwards = new LinkedHashMap<>();
  final Map<String, Life> differ = new LinkedHashMap<>();
  final Map<String, Life> parkedWrongly = new LinkedHashMap<>();
  final List<String> findings = new ArrayList<>();
  final Map<String, Duration> recoveries = new LinkedHashMap<>();

  void lose(Planned event, String how) {
    lost.put(event.id() + " " + how, event.object());
  }

  /** Everything that is wrong, each with the object concerned where there is one. */
  Map<String, Life> wrong() {
    Map<String, Life> wrong = new LinkedHashMap<>();
    lost.forEach((what, life) -> wrong.put("lost: " + what, life));
    doubled.forEach((what, life) -> wrong.put("doubled: " + what, life));
    backwards.forEach((what, life) -> wrong.put("backwards: " + what, life));
    differ.forEach((what, life) -> wrong.put("mirror: " + what, life));
    parkedWrongly.forEach((what, life) -> wrong.put("parked: " + what, life));
    findings.forEach(what -> wrong.put(what, null));
    if (bounded) {
      recoveries.forEach(
          (kind, recovery) -> {
            if (recovery.compareTo(RECOVERY) > 0) {
              wrong.put("slow: after " + kind + " it took " + Storm.seconds(recovery), null);
            }
          });
    }
    return wrong;
  }

  boolean isGood() {
    return wrong().isEmpty();
  }

  void print(PrintStream out) {
    row(out, "sent", sent, "events");
    row(out, "accepted", accepted, "answered 200");
    row(out, "applied", applied, "");
    row(out, "superseded", superseded, "of them, by a newer state");
    row(out, "tied", tied, "of " + objects + " objects, " + crowded + " with a crowded second");
    row(out, "duplicates ignored", duplicates, "posts of what was accepted before");
    row(out, "retried", retried, "after a passing fault");
    row(out, "taken over", claimedAgain, "claimed more than once");
    row(out, "parked", parked, "");
    row(out, "announced", messages, "messages: change events and facts, repeated ones too");
    row(out, "lost", lost.size(), "must be 0");
    row(out, "doubled", doubled.size(), "must be 0");
    row(out, "backwards", backwards.size(), "must be 0");
    row(out, "mirror differs", differ.size(), "objects; must be 0");
    row(out, "dead-lettered", dead, "must be 0");
    out.println("longest pause until recovery:");
    recoveries.entrySet().stream()
        .sorted(Map.Entry.<String, Duration>comparingByValue().reversed())
        .forEach(
            recovery ->
                out.printf("  %-38s %8s%n", recovery.getKey(), Storm.seconds(recovery.getValue())));
    Map<String, Life> wrong = wrong();
    if (wrong.isEmpty()) {
      out.println("Every promise was kept.");
      return;
    }
    out.println("NOT kept:");
    wrong.keySet().stream().limit(SHOWN).forEach(what -> out.println("  " + what));
    if (wrong.size() > SHOWN) {
      out.printf("  and %d more%n", wrong.size() - SHOWN);
    }
  }

  private static void row(PrintStream out, String name, long number, String remark) {
    out.printf("%-20s %8d  %s%n", name, number, remark);
  }
}
