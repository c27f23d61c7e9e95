package io.driveline.events;

import static io.driveline.events.TestEvents.json;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Optional;
import org.bson.Document;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The rule, case by case. Events are written as {@code A:x>y}: event A began with state x and left
 * y. {@code A:?>y} does not tell what was before, {@code A:+y} created the object, {@code A:y-}
 * deleted it, and {@code A:x>y!} has lost its payload. Seconds are parted by {@code ;}, the newest
 * last. What is at the end of a line is the event that stands for the last state.
 */
class OrderTest {

  private static final ObjectKey CUSTOMER = new ObjectKey(null, false, "customer", TestEvents.ID);

  /** The last second of a table's line. */
  private static final long NOW = 1000;

  @ParameterizedTest(name = "{0}: {1} ends with {2}")
  @CsvSource(
      delimiter = '|',
      ignoreLeadingAndTrailingWhitespace = true,
      textBlock =
          """
          # one event, and none
          alone                                          | A:x>y                         | A
          alone without a before                         | A:?>y                         | A
          created                                        | A:+x                          | A
          deleted                                        | A:x-                          | A
          # all before-states known
          two in a row                                   | B:x>y A:y>z                   | A
          three in a row                                 | C:x>y A:y>z B:z>w             | B
          six in a row                                   | F:a>b A:b>c E:c>d B:d>e D:e>f C:f>g | C
          there and back and on                          | C:x>y A:y>x B:x>z             | B
          back and forth five times                      | A:x>y B:y>x C:x>y D:y>x E:x>y | E
          two loops over one state                       | A:x>y B:y>x C:x>z D:z>x E:x>w | E
          the same change twice, and back between        | A:x>y C:y>x B:x>y             | B
          created, then changed                          | B:+x A:x>y                    | A
          created, there and back                        | C:+x B:x>y A:y>x              | C
          created with the greatest id                   | C:+x A:x>y B:y>z              | B
          created, and a gap after it                    | C:+x A:y>z                    | A
          created twice, and a gap after it              | C:+x B:+x A:y>z               | A
          changed, then deleted                          | C:x>y B:y>z A:z-              | A
          created and deleted                            | B:+x A:x-                     | A
          created, changed and deleted                   | C:+x B:x>y A:y-               | A
          nothing changed                                | A:x>x B:x>y                   | B
          # some before-states known
          a sibling may be what an update began with, or undid it | B:?>x A:x>y | B tied
          a sibling that left the same state             | A:x>y B:?>y                   | B
          the greatest id of those that left it          | C:?>y A:x>y B:?>y             | C
          nobody left what one began with, so it is first | A:w>x C:?>y B:y>z | B
          created, and one that does not tell            | B:+x A:?>y                    | A
          created, and two that do not tell              | C:+x A:?>y B:?>z              | B tied
          deleted, whatever the others tell              | C:?>x B:?>y A:?-              | A
          two that do not tell                           | A:?>x B:?>y                   | B tied
          two that do not tell and left the same         | A:?>x B:?>x                   | B
          # an event is missing
          a gap that could be at either end              | A:x>y B:z>w                   | B tied
          a gap before the last but one                  | A:x>y B:z>w C:w>v D:y>z       | C
          a gap with the deletion at the end             | B:x>y C:z>w A:w-              | A
          a gap, and one longer chain                    | A:x>y B:y>z C:v>w             | C tied
          # two Event objects for one change
          the same change in two events                  | A:x>y B:x>y                   | B
          a twin in a chain                              | A:x>y B:x>y C:y>z             | C
          a twin of the last                             | B:x>y C:y>z A:y>z             | C
          a twin of the creation                         | A:+x B:+x C:x>y               | C
          a twin deletion                                | A:x- B:x-                     | B
          # ended as it began
          a loop, with nothing before                    | A:x>y B:y>x                   | B tied
          a loop of three, with nothing before           | A:x>y C:y>z B:z>x             | C tied
          a loop, and the state before                   | A:w>x ; C:x>y B:y>x           | B
          a loop, and the other state before             | A:w>y ; C:x>y B:y>x           | C
          a loop, and a deleted state before             | A:x- ; C:x>y B:y>x            | C tied
          a loop, and a state before that is not in it   | A:v>w ; C:x>y B:y>x           | C tied
          the newest earlier second counts               | Z:?>y ; A:w>x ; C:x>y B:y>x   | B
          a loop before a loop                           | A:w>x ; D:x>y E:y>x ; C:x>y B:y>x | B
          a loop before a loop, with nothing before      | D:x>y E:y>x ; C:x>y B:y>x     | C tied
          one of two possible states before fits         | D:x>y E:y>x ; C:x>z B:z>x     | B
          the second before is tied over both states     | D:?>x E:?>y ; C:x>y B:y>x     | C tied
          the second before is tied, one of it fits      | D:?>v E:?>y ; C:x>y B:y>x     | C
          the state before rules out one ordering        | Z:?>z ; B:x>y A:?>x           | B
          no need of the second before                   | A:?>x! ; B:x>y C:y>z          | C
          # payloads removed
          one has lost its payload                       | A:x>y! B:y>z                  | -
          all have lost it                               | A:x>y! B:y>z!                 | -
          a loop, and the second before has lost it      | A:w>x! ; C:x>y B:y>x          | C tied
          """)
  void findsTheLastEventOfASecond(String what, String seconds, String last) {
    assertThat(last("customer", seconds)).isEqualTo(last);
  }

  @ParameterizedTest(name = "{0} {1} ends with {2}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          invoice               | C:?>draft B:?>open A:?>paid                     | A
          invoice               | C:?>open B:?>uncollectible A:?>paid             | A
          invoice               | C:?>uncollectible A:?>void                      | A
          invoice               | A:?>paid B:?>void                               | B tied
          invoice               | C:+draft B:?>open A:draft>draft                 | B
          invoice               | C:+paid B:?>paid A:?>open                       | C
          payment_intent        | B:+requires_confirmation A:?>succeeded          | A
          payment_intent        | C:?>processing B:?>requires_action A:?>canceled | A
          payment_intent        | A:?>processing B:?>requires_action              | B tied
          setup_intent          | B:?>requires_action A:?>succeeded               | A
          charge                | B:?>pending A:?>failed                          | A
          payout                | D:?>pending C:?>in_transit B:?>paid A:?>failed  | A
          subscription          | C:+incomplete B:?>active A:?>canceled           | A
          subscription          | A:?>active B:?>past_due                         | B tied
          subscription          | B:?>incomplete A:?>incomplete_expired           | A
          subscription_schedule | C:?>not_started B:?>active A:?>released         | A
          checkout.session      | B:?>open A:?>complete                           | A
          quote                 | C:?>draft B:?>open A:?>accepted                 | A
          credit_note           | B:?>issued A:?>void                             | A
          dispute               | A:?>won B:?>lost                                | B tied
          # a ladder expects, before-states prove
          invoice               | A:?>open C:open>paid B:paid>open                | C
          invoice               | C:draft>paid A:paid>open                        | A
          # a status that no ladder knows
          invoice               | B:?>unheard_of A:?>paid                         | B tied
          """)
  void letsNoStatusFallWhereTheBeforeStatesDoNotTell(String type, String seconds, String last) {
    assertThat(last(type, seconds)).isEqualTo(last);
  }

  @ParameterizedTest(name = "{0} with {1} is {2}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          {'a':2}                  | {'a':1}                  | {'a':1}
          {'a':2}                  | {'a':null}               | {}
          {}                       | {'a':1}                  | {'a':1}
          {'a':null}               | {'a':{'b':1}}            | {'a':{'b':1}}
          {'a':2,'b':null}         | {'a':1}                  | {'a':1}
          {'m':{'a':'2','b':'3'}}  | {'m':{'a':'1'}}          | {'m':{'a':'1','b':'3'}}
          {'m':{'a':'2'}}          | {'m':{'a':null}}         | {'m':{}}
          {'m':{'a':{'b':1,'c':2}}}| {'m':{'a':{'b':9}}}      | {'m':{'a':{'b':9,'c':2}}}
          {'m':{'a':'2'}}          | {'m':null}               | {}
          {'m':'text'}             | {'m':{'a':1}}            | {'m':{'a':1}}
          {'l':[1,2,3]}            | {'l':[1]}                | {'l':[1]}
          {'l':[{'a':1,'b':null}]} | {'c':1}                  | {'l':[{'a':1}],'c':1}
          {'i':{'d':[{'q':2}],'u':'x'}} | {'i':{'d':[{'q':1}]}} | {'i':{'d':[{'q':1}],'u':'x'}}
          """)
  void overlaysPreviousAttributesDeepForObjectsAndElseReplacing(
      String after, String previous, String before) {
    StripeEvent event =
        TestEvents.event("evt_1", "customer", "updated", 1, json(after), json(previous));
    StripeEvent earlier = TestEvents.event("evt_0", "customer", "updated", 1, json(before), null);

    assertThat(State.before(event))
        .isEqualTo(State.after(earlier))
        .isNotEqualTo(State.after(event));
  }

  @ParameterizedTest(name = "{0}: mirror {1}, ledger {2}, event {3}: {4}")
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          the document is gone             | -                   | A:x>y                 | A | repeat
          the mirror is older              | Z:?>x 999 known 1   | A:x>y                 | A | repeat
          the event itself, alone          | A:x>y 1000 known 1  | A:x>y                 | A | own
          a newer one, alone               | A:x>y 1000 known 1  | Z:?>x ; A:x>y         | Z | superseded
          a newer one, fetched             | fetched 1001 known 0 | A:x>y                | A | superseded
          a fetched one of its second      | fetched 1000 known 0 | A:x>y                | A | writes A known 1
          the first sibling                | A:y>z 1000 known 1  | A:y>z B:x>y           | B | superseded, writes A known 2
          the sibling is the last          | A:x>y 1000 known 1  | A:x>y B:y>z           | B | writes B known 2
          a third one decides for a third  | A:x>y 1000 known 2  | A:x>y B:z>w C:y>z     | C | superseded, writes B known 3
          settled with as much             | B:y>z 1000 known 2  | A:x>y B:y>z           | A | superseded
          settled with as much, its own    | B:y>z 1000 known 2  | A:x>y B:y>z           | B | own
          settled with more                | B:y>z 1000 known 3  | A:x>y B:y>z           | A | superseded
          settled by who did not say it    | A:x>y 1000          | A:x>y B:y>z           | B | writes B known 2
          cannot be told                   | A:?>x 1000 known 1  | A:?>x B:?>y           | B | tied, writes B known 2
          cannot be told, nor by this one  | B:?>x 1000 known 1  | B:?>x A:?>y           | A | superseded, tied, writes B known 2
          cannot be told, settled          | B:?>y 1000 known 2 tied | A:?>x B:?>y       | A | superseded, tied
          an older one decides             | C:x>y 1000 known 2 tied | Z:?>x ; C:x>y B:y>x | Z | superseded, writes B known 3
          an older one changes nothing     | B:x>y 1000 known 2  | Z:?>x ; A:z>x B:x>y   | Z | superseded, writes B known 3
          a sibling has lost its payload   | A:x>y 1000 known 1  | A:x>y! B:y>z C:z>w    | C | superseded
          """)
  void judgesAnEventThatTheMirrorRefused(
      String what, String mirror, String ledger, String event, String verdict) {
    HistoryInMemory history = history("customer", ledger);
    StripeEvent refused = find(history, event);
    Settlement settlement = new Settlement(history, object -> Optional.empty(), clock());

    assertThat(text(settlement.judge(refused, mirror(mirror)))).isEqualTo(verdict);
  }

  @Test
  void writesAFetchedSnapshotOverWhatCannotBeTold() {
    HistoryInMemory history = history("customer", "A:?>x B:?>y");
    Fetched fetched = new Fetched(json("{'object':'customer','id':'obj_1','name':'z'}"), 1002, "v");
    Settlement settlement = new Settlement(history, object -> Optional.of(fetched), clock());

    Verdict verdict = settlement.judge(find(history, "B"), mirror("A:?>x 1000 known 1"));

    assertThat(verdict.kind()).isEqualTo(Verdict.Kind.WRITE);
    assertThat(verdict.superseded()).isTrue();
    assertThat(verdict.tied()).isFalse();
    assertThat(verdict.filter())
        .isEqualTo(
            new Document("_id", "platform/test/obj_1")
                .append("_driveline.version", new Document("$lt", 1002L)));
    MirroredObject written = MirroredObject.from("customer", verdict.document());
    assertThat(written.version()).isEqualTo(1002);
    assertThat(written.eventId()).isNull();
    assertThat(written.apiVersion()).isEqualTo("v");
    assertThat(written.json())
        .isEqualTo("{\"object\":\"customer\",\"id\":\"obj_1\",\"name\":\"z\"}");
  }

  @Test
  void takesNoFetchedSnapshotOfTheVerySecond() {
    HistoryInMemory history = history("customer", "A:?>x B:?>y");
    Fetched fetched = new Fetched(json("{'object':'customer','id':'obj_1'}"), NOW, null);
    Settlement settlement = new Settlement(history, object -> Optional.of(fetched), clock());

    assertThat(text(settlement.judge(find(history, "A"), mirror("A:?>x 1000 known 1"))))
        .isEqualTo("superseded, tied, writes B known 2");
  }

  @Test
  void asksStripeOnlyWhereTheEventsDoNotTell() {
    HistoryInMemory history = history("customer", "A:x>y B:y>z");
    Settlement settlement =
        new Settlement(
            history,
            object -> {
              throw new AssertionError("asked Stripe");
            },
            clock());

    assertThat(text(settlement.judge(find(history, "B"), mirror("A:x>y 1000 known 1"))))
        .isEqualTo("writes B known 2");
  }

  @Test
  void tellsMoreEventsThanAllOrderingsCanBeWeighedOf() {
    HistoryInMemory history = new HistoryInMemory();
    for (int i = 0; i < 40; i++) {
      history.add(event("customer", "%02d:s%d>s%d".formatted(99 - i, i, i + 1), NOW));
    }

    assertThat(Order.last(history, CUSTOMER, NOW).orElseThrow())
        .isEqualTo(new Order.Last(find(history, "60"), false));

    history.add(event("customer", "1T:s0>s1", NOW)); // a twin
    assertThat(Order.last(history, CUSTOMER, NOW).orElseThrow())
        .isEqualTo(new Order.Last(find(history, "60"), false));

    history.add(event("customer", "01:?>s7", NOW));
    assertThat(Order.last(history, CUSTOMER, NOW).orElseThrow().tied()).isTrue();

    history.add(event("customer", "02:s7-", NOW));
    assertThat(Order.last(history, CUSTOMER, NOW).orElseThrow())
        .isEqualTo(new Order.Last(find(history, "02"), false));
  }

  @Test
  void tellsTheLastOfALongLoopByTheSecondBefore() {
    HistoryInMemory history = new HistoryInMemory();
    for (int i = 0; i < 40; i++) {
      history.add(event("customer", "%02d:s%d>s%d".formatted(99 - i, i, (i + 1) % 40), NOW));
    }
    assertThat(Order.last(history, CUSTOMER, NOW).orElseThrow())
        .isEqualTo(new Order.Last(find(history, "99"), true));

    history.add(event("customer", "50:?>s0", NOW - 1));
    assertThat(Order.last(history, CUSTOMER, NOW).orElseThrow())
        .isEqualTo(new Order.Last(find(history, "60"), false));
  }

  @Test
  void goesBackThroughManyLoopsAndThenGivesUp() {
    HistoryInMemory history = new HistoryInMemory();
    for (int second = 0; second < 5000; second++) {
      history.add(event("customer", "A%d:x>y".formatted(second), NOW + second));
      history.add(event("customer", "B%d:y>x".formatted(second), NOW + second));
    }
    history.add(event("customer", "Z:?>x", NOW - 1));

    assertThat(Order.last(history, CUSTOMER, NOW + 99).orElseThrow().event().id()).isEqualTo("B99");
    assertThat(Order.last(history, CUSTOMER, NOW + 99).orElseThrow().tied()).isFalse();
    assertThat(Order.last(history, CUSTOMER, NOW + 4999).orElseThrow().tied()).isTrue();
  }

  @Test
  void theMirrorHoldsTheObjectAsItCameAndTheVersionBesideIt() {
    StripeEvent event = event("customer", "A:?>x", 20);
    MirroredObject mirrored =
        MirroredObject.from("customer", Mirror.document(event, Instant.EPOCH));

    assertThat(mirrored.json())
        .isEqualTo("{\"object\":\"customer\",\"id\":\"obj_1\",\"name\":\"x\"}");
    assertThat(mirrored.version()).isEqualTo(20);
    assertThat(mirrored.eventId()).isEqualTo("A");
    assertThat(mirrored.key()).isEqualTo(CUSTOMER);
    assertThat(mirrored.tied()).isFalse();
  }

  private static String last(String type, String seconds) {
    return Order.last(history(type, seconds), new ObjectKey(null, false, type, "obj_1"), NOW)
        .map(last -> last.event().id() + (last.tied() ? " tied" : ""))
        .orElse("-");
  }

  private static HistoryInMemory history(String type, String seconds) {
    HistoryInMemory history = new HistoryInMemory();
    String[] parts = seconds.split(" ; ");
    for (int i = 0; i < parts.length; i++) {
      for (String event : parts[i].split(" ")) {
        StripeEvent read = event(type, event, NOW - parts.length + 1 + i);
        history.add(read);
        if (event.endsWith("!")) {
          history.removePayload(read.id());
        }
      }
    }
    return history;
  }

  /** Reads {@code A:x>y} and the like; the state is a status where its type has a ladder. */
  private static StripeEvent event(String type, String text, long created) {
    String id = text.substring(0, text.indexOf(':'));
    String rest = text.substring(id.length() + 1).replace("!", "");
    String field = type.equals("customer") ? "name" : "status";
    if (rest.startsWith("+")) {
      return TestEvents.event(
          id, type, "created", created, new Document(field, rest.substring(1)), null);
    }
    if (rest.endsWith("-")) {
      String state = rest.substring(rest.indexOf('>') + 1, rest.length() - 1);
      return TestEvents.event(
          id, type, "deleted", created, new Document(field, state.replace("?", "")), null);
    }
    String[] states = rest.split(">");
    return TestEvents.event(
        id,
        type,
        "updated",
        created,
        new Document(field, states[1]),
        states[0].equals("?") ? null : new Document(field, states[0]));
  }

  private static StripeEvent find(HistoryInMemory history, String id) {
    for (long second = NOW; second >= NOW - 2; second--) {
      for (StripeEvent event : history.at(CUSTOMER, second)) {
        if (event.id().equals(id)) {
          return event;
        }
      }
    }
    throw new AssertionError("no event " + id);
  }

  /** Reads {@code A:x>y 1000 known 2 tied}, {@code fetched 1001 known 0}, or {@code -}. */
  private static Document mirror(String text) {
    if (text.equals("-")) {
      return null;
    }
    String[] words = text.split(" ");
    long version = Long.parseLong(words[1]);
    Document stored =
        words[0].equals("fetched")
            ? Mirror.document(CUSTOMER, new Fetched(new Document(), version, null), Instant.EPOCH)
            : Mirror.document(event("customer", words[0], version), Instant.EPOCH);
    Document about = stored.get(Mirror.ABOUT, Document.class);
    about.remove("known");
    if (words.length > 3) {
      about.append("known", Long.parseLong(words[3]));
    }
    return new Document(stored).append(Mirror.ABOUT, about.append("tied", text.endsWith("tied")));
  }

  private static String text(Verdict verdict) {
    return switch (verdict.kind()) {
      case REPEAT -> "repeat";
      case SETTLED ->
          (verdict.superseded() ? "superseded" : "own") + (verdict.tied() ? ", tied" : "");
      case WRITE -> {
        Document about = verdict.document().get(Mirror.ABOUT, Document.class);
        assertThat(about.getBoolean("tied")).isEqualTo(verdict.tied());
        yield (verdict.superseded() ? "superseded, " : "")
            + (verdict.tied() ? "tied, " : "")
            + "writes "
            + about.getString("event")
            + " known "
            + about.get("known");
      }
    };
  }

  private static Clock clock() {
    return Clock.fixed(Instant.EPOCH, ZoneOffset.UTC);
  }
}
