package io.driveline.grpc.cache;

import io.driveline.events.Json;
import io.driveline.events.MalformedEventException;
import io.driveline.events.MirroredObject;
import io.driveline.events.ObjectKey;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.apache.camel.Body;
import org.apache.camel.Variable;
import org.bson.Document;
import org.springframework.data.redis.core.StringRedisTemplate;
import org.springframework.data.redis.core.script.DefaultRedisScript;
import org.springframework.data.redis.core.script.RedisScript;

/**
 * Objects in Redis, as {@code <version>:<turn>:<JSON>}. An older version never replaces a newer
 * one. Among states of one second, all of one version, a refresh replaces what a refresh with a
 * smaller turn wrote: turns are drawn from a counter in Redis before the mirror is read, and each
 * mirror write is followed by a refresh, so the greatest turn has read the last state. What a read
 * brings along has turn 0 and yields to any refresh of its version.
 */
public final class ObjectCache {

  /** Where turns are drawn. */
  public static final String TURNS = "driveline:object-turns";

  /** The number is the format's: entries of another are never read. */
  private static final String PREFIX = "driveline:object:1:";

  private static final long NO_TURN = 0;

  /** Atomic, as every script in Redis is. Gives the version that is cached afterwards. */
  private static final RedisScript<Long> PUT_UNLESS_NEWER =
      new DefaultRedisScript<>(
          """
          local stored = redis.call('GET', KEYS[1])
          if stored then
            local version, turn = string.match(stored, '^(%d+):(%d+):')
            if version then
              version, turn = tonumber(version), tonumber(turn)
              local newer = tonumber(ARGV[1]) > version
              local later = tonumber(ARGV[1]) == version and tonumber(ARGV[2]) > turn
              if not newer and not later then
                return version
              end
            end
          end
          redis.call('SET', KEYS[1], ARGV[1] .. ':' .. ARGV[2] .. ':' .. ARGV[3], 'PX', ARGV[4])
          return tonumber(ARGV[1])
          """,
          Long.class);

  private final StringRedisTemplate redis;
  private final Duration ttl;

  /**
   * @param ttl how long an entry lives after it was written; what heals a refresh that failed
   */
  public ObjectCache(StringRedisTemplate redis, Duration ttl) {
    this.redis = redis;
    this.ttl = ttl;
  }

  /** Where the object is kept in Redis. */
  public String entry(@Variable("key") ObjectKey key) {
    return PREFIX + key.text();
  }

  /** An entry's object; null if there is none, or it is not of our making. */
  public MirroredObject read(@Variable("key") ObjectKey key, @Body String stored) {
    int version = stored == null ? -1 : stored.indexOf(':');
    int turn = version < 0 ? -1 : stored.indexOf(':', version + 1);
    if (turn < 0) {
      return null;
    }
    try {
      Document entry = Json.read(stored.substring(turn + 1).getBytes(StandardCharsets.UTF_8));
      return new MirroredObject(
          key,
          Long.parseLong(stored.substring(0, version)),
          entry.getString("event"),
          entry.getBoolean("deleted", false),
          entry.getBoolean("tied", false),
          entry.getString("apiVersion"),
          Instant.ofEpochMilli(entry.get("updatedAt", Number.class).longValue()),
          entry.getString("json"));
    } catch (MalformedEventException | RuntimeException e) {
      return null;
    }
  }

  /** Keeps what a read found in the mirror, unless the cache has that version or a newer one. */
  public void keep(@Body MirroredObject object) {
    put(object, NO_TURN);
  }

  /**
   * Keeps what a refresh found in the mirror, unless the cache has something newer.
   *
   * @param turn drawn before the mirror was read
   * @return the version that is cached now
   */
  public long refresh(@Body MirroredObject object, @Variable("turn") long turn) {
    return put(object, turn);
  }

  private long put(MirroredObject object, long turn) {
    Document entry =
        new Document("event", object.eventId())
            .append("deleted", object.deleted())
            .append("tied", object.tied())
            .append("apiVersion", object.apiVersion())
            .append("updatedAt", object.updatedAt().toEpochMilli())
            .append("json", object.json());
    return redis.execute(
        PUT_UNLESS_NEWER,
        List.of(entry(object.key())),
        Long.toString(object.version()),
        Long.toString(turn),
        Json.write(entry),
        Long.toString(ttl.toMillis()));
  }
}
