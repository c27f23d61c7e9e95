package io.driveline.events;

import java.time.Clock;
import java.util.List;
import java.util.Optional;
import org.bson.Document;

/**
 * Settles an event whose {@link Order#mayReplace first write} the mirror refused, because it holds
 * a state of the same second or a newer one.
 *
 * <p>Any order of arrival, on any number of workers, ends in one document. Each event is in the
 * ledger before its own look at the mirror, so of an object's events the one that the ledger got
 * last either looks itself and sees all, or its first write succeeds, and then the others' are
 * refused and they look and see all. And what knew less cannot overwrite what knew more: the
 * document says how many events it {@code known}, and only a larger count may replace it. (A
 * compare-and-set on the event id would not do: a worker that saw X and A decides for A; meanwhile
 * another sees X, A and B, decides for X, which is there, and leaves it; then the first one still
 * finds X, and writes A for ever.)
 *
 * <p>An event older than the mirror is looked at too: it may be what tells where a second began
 * that ended as it began.
 */
public final class Settlement {

  private final History history;
  private final Refetch refetch;
  private final Clock clock;

  /**
   * @param history the ledger, which has the event in question already
   * @param refetch asked where a second's events do not tell their order
   * @param clock for {@code updatedAt}; it takes no part in the order
   */
  public Settlement(History history, Refetch refetch, Clock clock) {
    this.history = history;
    this.refetch = refetch;
    this.clock = clock;
  }

  /**
   * Says what is to be done.
   *
   * @param event the one that was refused
   * @param stored the mirror's document; null if it is gone meanwhile
   */
  public Verdict judge(StripeEvent event, Document stored) {
    if (stored == null) {
      return Verdict.repeat();
    }
    ObjectKey object = event.object();
    Document about = stored.get(Mirror.ABOUT, Document.class);
    long second = about.get("version", Number.class).longValue();
    if (second < event.created()) {
      return Verdict.repeat();
    }
    String there = about.getString("event");
    Verdict asItIs = Verdict.settled(!event.id().equals(there), about.getBoolean("tied", false));
    List<StripeEvent> siblings = history.at(object, second);
    if (siblings.stream().allMatch(sibling -> sibling.id().equals(there))) {
      return asItIs;
    }
    // Counted first and read afterwards: events only come, so what is read is at least what was
    // counted, and the document never claims to know more than it does. Counted last it could.
    long known = history.count(object, second);
    Number before = about.get("known", Number.class);
    if (before != null && known <= before.longValue()) {
      return asItIs;
    }
    Optional<Order.Last> last = Order.last(history, object, second);
    if (last.isEmpty()) {
      return asItIs;
    }
    Optional<Fetched> fetched =
        last.get().tied()
            // One of that very second tells no more than the second's events do.
            ? refetch.fetch(object).filter(answer -> answer.date() > second)
            : Optional.empty();
    if (fetched.isPresent()) {
      return Verdict.write(
          true,
          false,
          Mirror.older(object, fetched.get().date()),
          Mirror.document(object, fetched.get(), clock.instant()));
    }
    StripeEvent winner = last.get().event();
    return Verdict.write(
        !winner.id().equals(event.id()),
        last.get().tied(),
        Mirror.knowingLess(object, second, before == null ? null : known),
        Mirror.document(winner, last.get().tied(), known, clock.instant()));
  }
}
