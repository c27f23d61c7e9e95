package io.driveline.system.faults;

import java.time.Duration;

/**
 * One event on its way: what to post, and when.
 *
 * @param event what is posted
 * @param body the JSON
 * @param at since the load began
 */
record Delivery(Planned event, byte[] body, Duration at) implements Comparable<Delivery> {

  @Override
  public int compareTo(Delivery other) {
    return at.compareTo(other.at);
  }
}
