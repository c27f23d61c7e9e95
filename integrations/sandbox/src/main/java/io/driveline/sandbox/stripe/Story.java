package io.driveline.sandbox.stripe;

import java.util.ArrayList;
import java.util.List;
import org.bson.Document;

/**
 * A short sample of traffic: a customer subscribes and pays, a later invoice fails, a payment is
 * refunded in part; with a duplicate, a pair out of order and a forged post among them. Ids and
 * times are always the same, so that playing it again changes nothing.
 */
public final class Story {

  /** What is captured in the story, in cents of {@link #CURRENCY}. */
  public static final long PAID = 4_900;

  /** What is refunded in the story, in cents of {@link #CURRENCY}. */
  public static final long REFUNDED = 1_900;

  /** The currency of the story. */
  public static final String CURRENCY = "usd";

  private static final long START = SampleObjects.seconds("2026-01-05T09:00:00Z");

  private final List<Post> posts = new ArrayList<>();
  private long time = START;
  private int number;

  private Story() {}

  /**
   * One post of the story.
   *
   * @param event what is posted
   * @param forged whether it is signed with a secret that nobody has
   * @param remark what is special about it; empty if nothing is
   */
  public record Post(SampleEvent event, boolean forged, String remark) {}

  /** The posts, in the order in which they arrive. */
  public static List<Post> posts() {
    Story story = new Story();
    story.tell();
    return List.copyOf(story.posts);
  }

  private void tell() {
    Document customer = made("customer");
    post("customer.created", customer, "");
    Document subscription = of(customer, made("subscription")).append("status", "incomplete");
    post("customer.subscription.created", subscription, "");
    Document intent = of(customer, made("payment_intent"));
    post("payment_intent.succeeded", intent, "");
    Document charge = of(customer, made("charge")).append("payment_intent", intent.get("id"));
    post("charge.succeeded", charge, "");
    Document invoice = of(customer, made("invoice")).append("subscription", subscription.get("id"));
    SampleEvent paid = post("invoice.paid", invoice, "");
    again(paid, "duplicate of the post before");
    post(
        "customer.subscription.updated",
        new Document(subscription).append("status", "active"),
        new Document("status", "incomplete"),
        "");

    String name = customer.getString("name");
    SampleEvent first =
        event("customer.updated", named(customer, "Ada King"), before("name", name));
    post("customer.updated", named(customer, "Ada Lovelace"), before("name", "Ada King"), "");
    again(first, "older than the post before");

    Document failed = of(customer, made("invoice")).append("status", "open").append("paid", false);
    failed.put("id", failed.getString("id") + "2");
    post("invoice.payment_failed", failed, "");
    Document refund = of(customer, made("refund")).append("charge", charge.get("id"));
    post("refund.created", refund, "");
    post(
        "charge.refunded",
        new Document(charge).append("amount_refunded", REFUNDED),
        before("amount_refunded", 0),
        "");
    SampleEvent forged = event("customer.deleted", customer, null);
    posts.add(new Post(forged, true, "forged: signed with another secret"));
  }

  private Document made(String type) {
    return SampleObjects.object(type, "sandbox", time);
  }

  private static Document of(Document customer, Document object) {
    object.put("customer", customer.get("id"));
    return object;
  }

  private static Document named(Document customer, String name) {
    return new Document(customer).append("name", name);
  }

  private static Document before(String attribute, Object value) {
    return new Document(attribute, value);
  }

  private SampleEvent post(String type, Document object, String remark) {
    return post(type, object, null, remark);
  }

  private SampleEvent post(String type, Document object, Document before, String remark) {
    SampleEvent event = event(type, object, before);
    posts.add(new Post(event, false, remark));
    return event;
  }

  private void again(SampleEvent event, String remark) {
    posts.add(new Post(event, false, remark));
  }

  /** Events are seconds apart, so that the version alone orders them. */
  private SampleEvent event(String type, Document object, Document before) {
    time += 2;
    return SampleObjects.event("evt_sandbox_%02d".formatted(++number), type, object, before, time);
  }
}
