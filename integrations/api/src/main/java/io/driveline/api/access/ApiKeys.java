package io.driveline.api.access;

import io.driveline.api.ApiSettings;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The keys that open the API. Only their hashes are kept, and each is compared with all of them in
 * full: how long an answer takes tells nothing about a key.
 */
final class ApiKeys {

  private final List<Key> keys;

  private ApiKeys(List<Key> keys) {
    this.keys = keys;
  }

  static ApiKeys of(ApiSettings.Keys settings) {
    List<Key> keys = new ArrayList<>();
    add(keys, Scope.ADMIN, settings.admin());
    add(keys, Scope.WRITE, settings.write());
    add(keys, Scope.READ, settings.read());
    return new ApiKeys(List.copyOf(keys));
  }

  /** What the key may do; empty for a key that is none of ours. */
  Optional<Scope> scopeOf(String key) {
    byte[] given = hash(key);
    Scope scope = null;
    for (Key known : keys) {
      if (MessageDigest.isEqual(known.hash(), given)) {
        scope = known.scope();
      }
    }
    return Optional.ofNullable(scope);
  }

  private static void add(List<Key> keys, Scope scope, List<String> texts) {
    texts.forEach(text -> keys.add(new Key(hash(text), scope)));
  }

  private static byte[] hash(String key) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(key.getBytes(StandardCharsets.UTF_8));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }

  private record Key(byte[] hash, Scope scope) {}
}
