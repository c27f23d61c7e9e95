package io.driveline.api.objects;

import io.driveline.api.rest.Answers;
import io.driveline.billing.v1.GetObjectResponse;
import io.driveline.billing.v1.ListObjectsResponse;
import io.driveline.billing.v1.ObjectVersion;
import io.driveline.billing.v1.StripeObject;
import io.driveline.events.Json;
import java.time.Instant;
import java.util.stream.Collectors;
import org.apache.camel.Exchange;
import org.bson.Document;
import org.springframework.stereotype.Component;

/**
 * Turns the grpc app's answer into JSON: Stripe's object, character for character as it came, with
 * one member {@code _driveline} more.
 */
@Component("objectAnswers")
class ObjectAnswers {

  /** Answers one object. */
  public void one(Exchange exchange) {
    GetObjectResponse found = exchange.getMessage().getBody(GetObjectResponse.class);
    Answers.text(exchange, json(found.getObject()));
  }

  /** Answers a page of objects. */
  public void list(Exchange exchange) {
    ListObjectsResponse found = exchange.getMessage().getBody(ListObjectsResponse.class);
    String next = found.getNextPageToken();
    Answers.text(
        exchange,
        found.getObjectsList().stream()
            .map(ObjectAnswers::json)
            .collect(
                Collectors.joining(
                    ",",
                    "{\"data\":[",
                    "],\"next\":" + Json.write(next.isEmpty() ? null : next) + "}")));
  }

  /** Written into the text: read and written again, a number such as 1.50 might change. */
  private static String json(StripeObject object) {
    String stripes = object.getJson().strip();
    if (!stripes.startsWith("{") || !stripes.endsWith("}")) {
      throw new IllegalStateException(
          "the grpc app gave an object that is no JSON object: " + object.getKey().getId());
    }
    String members = stripes.substring(1, stripes.length() - 1).strip();
    return "{"
        + members
        + (members.isEmpty() ? "" : ",")
        + "\"_driveline\":"
        + Json.write(driveline(object))
        + "}";
  }

  private static Document driveline(StripeObject object) {
    ObjectVersion version = object.getVersion();
    return new Document("type", object.getKey().getType())
        .append("id", object.getKey().getId())
        .append("account", emptyToNull(object.getKey().getAccount()))
        .append("livemode", object.getKey().getLivemode())
        .append("version", version.getVersion())
        .append("event", emptyToNull(version.getEventId()))
        .append("deleted", version.getDeleted())
        .append("tied", version.getTied())
        .append("apiVersion", emptyToNull(version.getApiVersion()))
        .append("updatedAt", version.hasUpdatedAt() ? updatedAt(version).toString() : null);
  }

  private static Instant updatedAt(ObjectVersion version) {
    return Instant.ofEpochSecond(
        version.getUpdatedAt().getSeconds(), version.getUpdatedAt().getNanos());
  }

  private static String emptyToNull(String text) {
    return text.isEmpty() ? null : text;
  }
}
