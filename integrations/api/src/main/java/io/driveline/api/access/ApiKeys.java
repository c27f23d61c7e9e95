package io.driveline.api.access;

import io.driveline.runtime.settings.Settings;
import io.driveline.runtime.settings.WrongSettingException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * The keys that open the API, {@code driveline.api.keys.read}, {@code .write} and {@code .admin},
 * several separated by commas; one is needed. Only their hashes are kept, and each is compared with
 * all of them in full: how long an answer takes tells nothing about a key.
 */
final class ApiKeys {

  private static final Pattern KEY = Pattern.compile("[!-~]{16,}");
  private static final String VARIABLES =
      "DRIVELINE_API_KEYS_READ, DRIVELINE_API_KEYS_WRITE and DRIVELINE_API_KEYS_ADMIN";

  private final List<Key> keys;

  private ApiKeys(List<Key> keys) {
    this.keys = List.copyOf(keys);
  }

  static ApiKeys from(Settings settings) {
    List<Key> keys = new ArrayList<>();
    Set<String> seen = new HashSet<>();
    for (Scope scope : Scope.values()) {
      int number = 0;
      String name = "driveline.api.keys." + scope.name().toLowerCase(Locale.ROOT);
      for (String key : settings.list(name)) {
        if (!KEY.matcher(key).matches()) {
          throw new WrongSettingException(
              Settings.variable(name)
                  + ": a key must have 16 or more characters, printable ASCII, no space");
        }
        if (!seen.add(key)) {
          throw new WrongSettingException(
              Settings.variable(name)
                  + ": a key may stand once only in "
                  + VARIABLES
                  + " together");
        }
        keys.add(new Key(hash(key), new Caller(scope, ++number)));
      }
    }
    if (keys.isEmpty()) {
      throw new WrongSettingException(
          VARIABLES + " are missing; give at least one key, several separated by commas");
    }
    return new ApiKeys(keys);
  }

  /** Whose the key is; empty for a key that is none of ours. */
  Optional<Caller> callerOf(String key) {
    byte[] given = hash(key);
    Caller caller = null;
    for (Key known : keys) {
      if (MessageDigest.isEqual(known.hash(), given)) {
        caller = known.caller();
      }
    }
    return Optional.ofNullable(caller);
  }

  private static byte[] hash(String key) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(key.getBytes(StandardCharsets.UTF_8));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }

  private record Key(byte[] hash, Caller caller) {}
}
