package io.driveline.system.faults;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.SplittableRandom;

/**
 * What Stripe would send: objects that live through a handful of changes, each an event; made from
 * the seed alone. It tells each object's {@link Life} in true order, and gives the deliveries in
 * another: 10 % of the events come seconds late, 10 % come twice, and 10 % share their second with
 * others of their object.
 */
final class Traffic {

  /** What the id of an event ends with that ends its worker. */
  static final String POISON = "_poison";

  private static final long EPOCH = 1_700_000_000L;
  private static final double LATE = 0.10;
  private static final double TWICE = 0.10;

  /** Of the objects; with some four events in a life and four in such a second, 10 % of events. */
  private static final double CROWDED = 0.11;

  private static final String API_VERSION = "2025-09-30.clover";
  private static final List<String> TYPES =
      List.of("customer", "subscription", "invoice", "payment_intent");
  private static final Map<String, String> PREFIXES =
      Map.of("customer", "cus_", "subscription", "sub_", "invoice", "in_", "payment_intent", "pi_");

  /** The statuses of a life in order, each with the event that leads to it. */
  private static final Map<String, List<String[]>> LADDERS =
      Map.of(
          "subscription",
          List.of(
              new String[] {"customer.subscription.created", "incomplete"},
              new String[] {"customer.subscription.updated", "active"},
              new String[] {"customer.subscription.deleted", "canceled"}),
          "invoice",
          List.of(
              new String[] {"invoice.created", "draft"},
              new String[] {"invoice.finalized", "open"},
              new String[] {"invoice.paid", "paid"}),
          "payment_intent",
          List.of(
              new String[] {"payment_intent.created", "requires_payment_method"},
              new String[] {"payment_intent.processing", "processing"},
              new String[] {"payment_intent.succeeded", "succeeded"}));

  private final long seed;
  private final String tag;
  private long objects;
  private long probes;

  /**
   * @param tag makes the ids of this run its own, where a store has others, too
   */
  Traffic(long seed, String tag) {
    this.seed = seed;
    this.tag = tag;
  }

  /** What the ids of all its events begin with. */
  String prefix() {
    return "evt_" + tag + "_";
  }

  /**
   * The next object's whole life.
   *
   * @param from when it begins, since the load began
   */
  List<Delivery> next(Duration from) {
    long number = objects++;
    Random random = random(number);
    boolean crowded = random.nextDouble() < CROWDED;
    Life.Second second = Life.Second.NONE;
    if (crowded) {
      double kind = random.nextDouble();
      second =
          kind < 0.6 ? Life.Second.COMPLETE : kind < 0.8 ? Life.Second.LADDER : Life.Second.MISSING;
    }
    String type =
        switch (second) {
          // Stripe has no payment_intent.updated.
          case COMPLETE, MISSING -> TYPES.get(random.nextInt(3));
          case LADDER -> TYPES.get(2 + random.nextInt(2));
          case NONE -> TYPES.get(random.nextInt(TYPES.size()));
        };
    Life life = new Life(type, PREFIXES.get(type) + tag + number, second);
    return new Telling(random, life, number, from).tell();
  }

  /** Mixed well: the first numbers of Random are much alike for seeds that are close together. */
  private Random random(long number) {
    return new Random(new SplittableRandom(seed * 1_000_003 + number).nextLong());
  }

  /** A fresh event about an object of its own, to be posted now. */
  Delivery probe() {
    return single("probe" + ++probes, "");
  }

  /** An event that ends each worker that takes it up. */
  Delivery poison() {
    return single("poison" + ++probes, POISON);
  }

  private Delivery single(String name, String suffix) {
    Life life = new Life("customer", "cus_" + tag + name, Life.Second.NONE);
    ObjectNode state = fresh(life, EPOCH);
    life.becomes(state, EPOCH, false);
    return delivery(
        prefix() + name + suffix, "customer.created", life, EPOCH, state, null, Duration.ZERO);
  }

  private static ObjectNode fresh(Life life, long created) {
    ObjectNode state = Canonical.JSON.createObjectNode();
    state.put("id", life.id());
    state.put("object", life.type());
    state.put("created", created);
    state.put("livemode", false);
    state.put("description", "made by the fault suite");
    state.putNull("currency");
    state.putObject("metadata").put("plan", "basic");
    state.putArray("preferred_locales").add("en").add("de");
    state.put("amount", 4_200_000_000L);
    return state;
  }

  private static Delivery delivery(
      String id,
      String type,
      Life life,
      long created,
      ObjectNode snapshot,
      ObjectNode previous,
      Duration at) {
    ObjectNode event = Canonical.JSON.createObjectNode();
    event.put("id", id);
    event.put("object", "event");
    event.put("api_version", API_VERSION);
    event.put("created", created);
    ObjectNode data = event.putObject("data");
    data.set("object", snapshot);
    if (previous != null) {
      data.set("previous_attributes", previous);
    }
    event.put("livemode", false);
    event.put("pending_webhooks", 1);
    event.putObject("request").putNull("id").putNull("idempotency_key");
    event.put("type", type);
    try {
      return new Delivery(
          new Planned(id, type, life, created, Canonical.digest(snapshot)),
          Canonical.JSON.writeValueAsBytes(event),
          at);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Tells one life: every change in true order, every delivery when it comes. */
  private final class Telling {

    private final Random random;
    private final Life life;
    private final long number;
    private final List<Delivery> deliveries = new ArrayList<>();

    private ObjectNode state;
    private long second;
    private int events;

    Telling(Random random, Life life, long number, Duration from) {
      this.random = random;
      this.life = life;
      this.number = number;
      this.second = from.toSeconds();
      this.state = fresh(life, EPOCH + second);
    }

    List<Delivery> tell() {
      int steps = 2 + random.nextInt(5);
      if (life.second() == Life.Second.LADDER) {
        ladder(true);
        return deliveries;
      }
      // Mostly the last: nothing that came later then hides what the second came to.
      int crowded =
          life.second() == Life.Second.NONE
              ? -1
              : random.nextDouble() < 0.8 ? steps - 1 : random.nextInt(steps);
      if (life.second() == Life.Second.NONE && LADDERS.containsKey(life.type())) {
        ladder(false);
        return deliveries;
      }
      for (int step = 0; step < steps; step++) {
        if (step == crowded) {
          crowd(step == 0);
        } else {
          change(step == 0, true, false);
        }
        second += 1 + random.nextInt(3);
      }
      boolean mayBeDeleted = life.type().equals("customer") && crowded != steps - 1;
      if (mayBeDeleted && random.nextInt(5) == 0) {
        emit("customer.deleted", null, true, false);
      }
      return deliveries;
    }

    /** Two to six changes in one second. */
    private void crowd(boolean first) {
      int size = 2 + random.nextInt(5);
      for (int i = 0; i < size; i++) {
        boolean told = life.second() == Life.Second.COMPLETE || i > 0 && random.nextBoolean();
        change(first && i == 0, told, true);
      }
    }

    private void change(boolean first, boolean told, boolean together) {
      if (first) {
        status(0);
        emit(family() + ".created", null, false, together);
        return;
      }
      ObjectNode before = state.deepCopy();
      ObjectNode previous = Canonical.JSON.createObjectNode();
      switch (random.nextInt(4)) {
        case 0 -> {
          // A few values only, so that a second may well end as it began.
          String name = "name " + random.nextInt(3);
          previous.set("name", before.path("name").isMissingNode() ? null : before.get("name"));
          state.put("name", name);
        }
        case 1 -> {
          String plan = state.path("metadata").path("plan").asText();
          previous.putObject("metadata").put("plan", plan);
          state.withObject("/metadata").put("plan", plan.equals("basic") ? "pro" : "basic");
        }
        case 2 -> {
          previous.set("amount", before.get("amount"));
          state.put("amount", 1_000L + random.nextInt(1_000_000));
        }
        default -> {
          previous.set("preferred_locales", before.get("preferred_locales"));
          state.putArray("preferred_locales").add("en").add("l" + random.nextInt(1_000));
        }
      }
      if (state.equals(before)) {
        // Stripe sends no event for a change to the same value.
        previous = Canonical.JSON.createObjectNode();
        previous.set("amount", before.get("amount"));
        state.put("amount", before.get("amount").asLong() + 1);
      }
      emit(family() + ".updated", told ? previous : null, false, together);
    }

    private void ladder(boolean together) {
      List<String[]> rungs = LADDERS.get(life.type());
      for (String[] rung : rungs) {
        state.put("status", rung[1]);
        emit(rung[0], null, false, together);
        if (!together) {
          second += 1 + random.nextInt(3);
        }
      }
    }

    private void status(int rung) {
      if (LADDERS.containsKey(life.type())) {
        state.put("status", LADDERS.get(life.type()).get(rung)[1]);
      }
    }

    private String family() {
      return life.type().equals("subscription") ? "customer.subscription" : life.type();
    }

    private void emit(String type, ObjectNode previous, boolean gone, boolean together) {
      long created = EPOCH + second;
      ObjectNode snapshot = state.deepCopy();
      life.becomes(snapshot, created, gone);
      Duration at = Duration.ofSeconds(second).plusMillis(random.nextInt(together ? 1_200 : 300));
      if (random.nextDouble() < LATE) {
        at = at.plusMillis(1_000 + random.nextInt(7_000));
      }
      Delivery delivery = delivery(id(), type, life, created, snapshot, previous, at);
      deliveries.add(delivery);
      if (random.nextDouble() < TWICE) {
        deliveries.add(
            new Delivery(delivery.event(), delivery.body(), at.plusMillis(random.nextInt(15_000))));
      }
    }

    /** No id tells the order, as none of Stripe's does. */
    private String id() {
      return prefix()
          + HexFormat.of().toHexDigits(random.nextLong())
          + Long.toString(number * 64 + events++, 36);
    }
  }
}
