package io.driveline.api.access;

/** What a key may do. Each scope includes those before it. */
public enum Scope {
  /** Look at objects, events and figures. */
  READ,
  /** Change what Driveline does with events, such as replaying them. */
  WRITE,
  /** Everything. */
  ADMIN;

  boolean includes(Scope other) {
    return compareTo(other) >= 0;
  }

  String authority() {
    return "driveline." + name().toLowerCase(java.util.Locale.ROOT);
  }
}
