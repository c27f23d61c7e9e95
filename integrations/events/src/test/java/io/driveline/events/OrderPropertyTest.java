package io.driveline.events;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.Set;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;
import net.jqwik.api.statistics.Statistics;
import org.bson.Document;

/**
 * Promise 3, with generated lives of an object: up to three seconds of up to six events, delivered
 * as {@link Delivery} does it.
 */
class OrderPropertyTest {

  @Property(tries = 2000)
  void anyOrderOfArrivalEndsInOneMirrorAndThatIsTheTrueOneUnlessTied(
      @ForAll("plans") Life.Plan plan, @ForAll long one, @ForAll long other) {
    Life life = Life.of(plan);

    Document mirror = Delivery.of(life.events(), one);

    assertThat(Delivery.of(life.events(), other)).isEqualTo(mirror);
    // Or it would hold for a rule that calls everything tied.
    Statistics.label("tied")
        .collect(tied(mirror))
        .coverage(share -> share.check(false).percentage(percent -> percent > 40));
    if (!tied(mirror)) {
      assertIsTheTrueEnd(mirror, life);
    }
  }

  @Property(tries = 2000)
  void withCompletePreviousAttributesNothingIsTiedThatCanBeKnown(
      @ForAll("plans") Life.Plan plan, @ForAll long order) {
    Life life = Life.of(plan.telling());

    Document mirror = Delivery.of(life.events(), order);

    Statistics.label("to be known")
        .collect(life.provable())
        .coverage(share -> share.check(true).percentage(percent -> percent > 40));
    if (life.provable()) {
      assertThat(tied(mirror)).isFalse();
    }
    if (!tied(mirror)) {
      assertIsTheTrueEnd(mirror, life);
    }
  }

  @Property(tries = 1000)
  void theSumOverTheStatesGivesTheSame(@ForAll("plans") Life.Plan plan, @ForAll long order) {
    List<Change> changes =
        new ArrayList<>(
            Life.of(plan.telling()).events().stream()
                .filter(event -> event.created() == 1000 && !event.deleted())
                .map(Change::of)
                .toList());
    Collections.shuffle(changes, new Random(order));

    List<State> sum = new ArrayList<>(changes.stream().map(Change::after).toList());
    changes.forEach(change -> sum.remove(change.before()));

    Orderings found = Orderings.of(changes, Set.of(), true);
    if (sum.size() == 1) {
      assertThat(found.ends()).containsExactly(sum.getFirst());
    } else {
      // It ended as it began: each of its states could be the one.
      assertThat(sum).isEmpty();
      assertThat(found.ends()).containsAll(changes.stream().map(Change::after).toList());
    }
  }

  @Property(tries = 1000)
  void twoEventObjectsForOneChangeEndInOneMirrorToo(
      @ForAll("plans") Life.Plan plan, @ForAll long one, @ForAll long other) {
    List<StripeEvent> events = new ArrayList<>(Life.of(plan).events());
    StripeEvent some = events.get(new Random(one).nextInt(events.size()));
    events.add(TestEvents.read(some.payload().replace("\"evt_", "\"evt_twin_")));

    assertThat(Delivery.of(events, one)).isEqualTo(Delivery.of(events, other));
  }

  private static void assertIsTheTrueEnd(Document mirror, Life life) {
    StripeEvent last = life.events().getLast();
    Document about = mirror.get(Mirror.ABOUT, Document.class);
    Document object = new Document(mirror);
    object.remove("_id");
    object.remove(Mirror.ABOUT);

    assertThat(object).isEqualTo(last.snapshot());
    assertThat(about.get("version")).isEqualTo(last.created());
    assertThat(about.get("deleted")).isEqualTo(last.deleted());
  }

  private static boolean tied(Document mirror) {
    return mirror.get(Mirror.ABOUT, Document.class).getBoolean("tied");
  }

  @Provide
  Arbitrary<Life.Plan> plans() {
    Arbitrary<Integer> state = Arbitraries.integers().between(0, Life.states() - 1);
    Arbitrary<Life.Step> step =
        Combinators.combine(state, oneIn(4).map(silent -> !silent)).as(Life.Step::new);
    Arbitrary<List<Life.Step>> second = step.list().ofMinSize(1).ofMaxSize(6);
    return Combinators.combine(
            Arbitraries.of("customer", "invoice"),
            oneIn(3),
            oneIn(6),
            state,
            second.list().ofMinSize(1).ofMaxSize(3),
            Arbitraries.longs())
        .as(Life.Plan::new);
  }

  private static Arbitrary<Boolean> oneIn(int times) {
    return Arbitraries.frequency(Tuple.of(1, true), Tuple.of(times - 1, false));
  }
}
