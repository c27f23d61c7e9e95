package io.driveline.events;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import org.bson.Document;

/**
 * What happened to one object, in true order, and the events that Stripe made of it.
 *
 * @param events in true order
 * @param provable whether the end follows from what the events tell: the last second did not end as
 *     it began, or where it began follows from those before it
 */
record Life(List<StripeEvent> events, boolean provable) {

  /** One change: to which state, and whether its event tells the state before. */
  record Step(int state, boolean tells) {}

  /**
   * What is generated.
   *
   * @param type the object's type; an invoice climbs its ladder
   * @param born whether the ledger has the object's creation
   * @param dies whether the last change deletes it
   * @param first the state before the first change
   * @param seconds the changes of each second
   * @param ids a seed: the events' ids say nothing of their order
   */
  record Plan(
      String type, boolean born, boolean dies, int first, List<List<Step>> seconds, long ids) {

    /** All updates with their previous attributes. */
    Plan telling() {
      return new Plan(
          type,
          born,
          dies,
          first,
          seconds.stream()
              .map(second -> second.stream().map(step -> new Step(step.state(), true)).toList())
              .toList(),
          ids);
    }
  }

  /** Few and alike, so that states come back; nulls, and metadata in metadata. */
  private static final List<String> STATES =
      List.of(
          "{'name':'x','metadata':{}}",
          "{'name':'y','metadata':{}}",
          "{'name':null,'metadata':{'a':'1'}}",
          "{'name':'x','metadata':{'a':'1','b':{'c':1,'d':2}}}",
          "{'name':'x','metadata':{'a':'1','b':{'c':2,'d':2}},'lines':[{'q':1}]}",
          "{'name':'x','metadata':{'b':{'d':2}},'lines':[{'q':1},{'q':2}]}");

  private static final List<String> STATUSES = List.of("draft", "open", "paid");

  static int states() {
    return STATES.size();
  }

  static Life of(Plan plan) {
    int count = plan.seconds().stream().mapToInt(List::size).sum();
    List<Integer> ids = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      ids.add(i);
    }
    Collections.shuffle(ids, new Random(plan.ids()));

    List<StripeEvent> events = new ArrayList<>();
    int status = 0;
    Document now = state(plan, plan.first(), status);
    boolean provable = false; // whether the state before the second is told
    for (int second = 0; second < plan.seconds().size(); second++) {
      Document start = now;
      boolean told = true;
      boolean settled = false; // by a creation or a deletion
      Set<Document> ends = new HashSet<>();
      List<Step> steps = plan.seconds().get(second);
      for (int i = 0; i < steps.size(); i++) {
        Step step = steps.get(i);
        int number = events.size();
        boolean creates = plan.born() && number == 0;
        boolean deletes = plan.dies() && number == count - 1 && !creates;
        status = Math.min(STATUSES.size() - 1, status + (step.state() % 2));
        Document before = now;
        now = deletes ? before : state(plan, step.state(), status);
        String action = creates ? "created" : deletes ? "deleted" : step.tells() ? "updated" : "is";
        told &= step.tells() || creates || deletes;
        settled |= creates || deletes;
        events.add(
            TestEvents.event(
                "evt_%02d".formatted(ids.get(number)),
                plan.type(),
                action,
                1000 + second,
                now,
                action.equals("updated") ? previous(before, now) : null));
      }
      provable = told && (settled || steps.size() == 1 || !now.equals(start) || provable);
    }
    return new Life(events, provable);
  }

  private static Document state(Plan plan, int state, int status) {
    Document fields = TestEvents.json(STATES.get(state));
    return plan.type().equals("invoice") ? fields.append("status", STATUSES.get(status)) : fields;
  }

  /** As Stripe tells them: the values before of what changed, null for what was not there. */
  private static Document previous(Document before, Document after) {
    Document previous = new Document();
    Set<String> fields = new HashSet<>(before.keySet());
    fields.addAll(after.keySet());
    for (String field : fields) {
      Object then = before.get(field);
      Object now = after.get(field);
      if (then instanceof Document inner && now instanceof Document later) {
        Document deeper = previous(inner, later);
        if (!deeper.isEmpty()) {
          previous.append(field, deeper);
        }
      } else if (!Objects.equals(then, now)) {
        previous.append(field, then);
      }
    }
    return previous;
  }
}
