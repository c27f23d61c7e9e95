package io.driveline.worker;

import org.apache.camel.Exchange;

/**
 * What an event's write to the mirror came to.
 *
 * @param superseded whether the mirror holds another state than this event's: a newer one, or of
 *     its second's events the last
 * @param tied whether the mirror's state could not be told to be the last of its second
 */
record Mirrored(boolean superseded, boolean tied) {

  /** The exchange property that carries it. */
  static final String PROPERTY = "DrivelineMirrored";

  static Mirrored of(Exchange exchange) {
    return exchange.getProperty(PROPERTY, Mirrored.class);
  }
}
