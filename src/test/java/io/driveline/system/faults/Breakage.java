package io.driveline.system.faults;

import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/** A promise that a run breaks on purpose, to show that the suite sees it. */
enum Breakage {
  /** Messages are acknowledged when RabbitMQ sends them, not when they are done. */
  AUTO_ACKS,
  /** A worker that slept past its lease writes into the ledger as if it still held the event. */
  NO_FENCING,
  /** Of the events of one second only the stored and the incoming one are ordered. */
  PAIRWISE_ORDER,
  /** A rolling restart kills the old processes, which have no time to end what they do. */
  NO_GRACE;

  /** As the command line has it, such as {@code auto-acks}. */
  String text() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  static Breakage of(String text) {
    return Arrays.stream(values())
        .filter(breakage -> breakage.text().equals(text))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "--break takes one of "
                        + Arrays.stream(values())
                            .map(Breakage::text)
                            .collect(Collectors.joining(", "))));
  }
}
