package io.driveline.events;

/**
 * Names one Stripe object. Stripe's ids are unique only within an account and a mode.
 *
 * @param account the connected account, such as {@code acct_123}; null for the platform's own
 * @param livemode live mode or test mode
 * @param type Stripe's object type, such as {@code customer}; the name of the mirror's collection
 * @param id Stripe's id, or for objects without one the id of {@link ObjectKeys}
 */
public record ObjectKey(String account, boolean livemode, String type, String id) {

  private static final String PLATFORM = "platform";

  /** What all objects of an account and mode begin with in the mirror's {@code _id}. */
  public static String scope(String account, boolean livemode) {
    return (account == null ? PLATFORM : account) + "/" + (livemode ? "live" : "test") + "/";
  }

  /** The {@code _id} in the mirror's collection: {@code platform/live/cus_123}. */
  public String mirrorId() {
    return scope(account, livemode) + id;
  }

  /** One string for the object over all types, as the ledger indexes it. */
  public String text() {
    return type + ":" + mirrorId();
  }
}
