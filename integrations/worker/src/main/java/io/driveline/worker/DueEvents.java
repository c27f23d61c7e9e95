package io.driveline.worker;

import io.driveline.events.LedgerEntry;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * What one sweep takes up.
 *
 * @param orderly what may go side by side
 * @param abandoned what a worker took up and never ended: one of them may have ended the worker, so
 *     each goes alone, and takes no other with it
 */
record DueEvents(List<LedgerEntry> orderly, List<LedgerEntry> abandoned) {

  static DueEvents of(List<LedgerEntry> due) {
    Map<Boolean, List<LedgerEntry>> byAbandoned =
        due.stream().collect(Collectors.partitioningBy(entry -> entry.unfinished() > 0));
    return new DueEvents(byAbandoned.get(false), byAbandoned.get(true));
  }
}
