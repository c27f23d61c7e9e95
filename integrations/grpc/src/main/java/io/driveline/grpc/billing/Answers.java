package io.driveline.grpc.billing;

import com.google.protobuf.Timestamp;
import io.driveline.billing.v1.Event;
import io.driveline.billing.v1.EventState;
import io.driveline.billing.v1.GetEventResponse;
import io.driveline.billing.v1.GetObjectResponse;
import io.driveline.billing.v1.ListObjectsResponse;
import io.driveline.billing.v1.ObjectVersion;
import io.driveline.billing.v1.RefreshObjectResponse;
import io.driveline.billing.v1.StripeObject;
import io.driveline.events.Json;
import io.driveline.events.LedgerEntry;
import io.driveline.events.MalformedEventException;
import io.driveline.events.MirroredObject;
import io.driveline.events.ObjectKey;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.function.Consumer;
import org.apache.camel.Body;
import org.apache.camel.Variable;
import org.bson.Document;

/** Writes the contract's answers. */
public final class Answers {

  /**
   * gRPC clients take 4 MiB unless told otherwise, and a page of 100 large invoices is more. A page
   * ends early instead; its token leads on.
   */
  private static final int MAX_PAGE_BYTES = 3 * 1024 * 1024;

  /** The answer of GetObject. */
  public GetObjectResponse object(@Body MirroredObject object) {
    return GetObjectResponse.newBuilder().setObject(write(object)).build();
  }

  /**
   * The answer of ListObjects.
   *
   * @param found what the mirror has, in order, one more than the page holds if there is more
   */
  public ListObjectsResponse page(
      @Variable("query") ListQuery query, @Body Iterable<Document> found) {
    ListObjectsResponse.Builder page = ListObjectsResponse.newBuilder();
    int bytes = 0;
    String last = null;
    for (Document document : found) {
      StripeObject object = write(MirroredObject.from(query.type(), document));
      bytes += object.getSerializedSize();
      boolean full = page.getObjectsCount() == query.size();
      if (full || last != null && bytes > MAX_PAGE_BYTES) {
        return page.setNextPageToken(PageToken.write(query.type(), query.list(), last)).build();
      }
      page.addObjects(object);
      last = document.getString("_id");
    }
    return page.build();
  }

  /** The answer of GetEvent. */
  public GetEventResponse event(@Body Document found) {
    LedgerEntry entry = LedgerEntry.from(found);
    Event.Builder event =
        Event.newBuilder()
            .setId(entry.id())
            .setState(EventState.valueOf("EVENT_STATE_" + entry.state().name()))
            .setClaims(entry.claims())
            .setSuperseded(entry.superseded());
    ifPresent(entry.type(), event::setType);
    ifPresent(entry.reason(), event::setReason);
    ifPresent(entry.apiVersion(), event::setApiVersion);
    ifPresent(entry.payload(), event::setPayload);
    ifPresent(entry.object(), key -> event.setObject(write(key)));
    ifPresent(entry.received(), instant -> event.setReceived(write(instant)));
    ifPresent(entry.applied(), instant -> event.setApplied(write(instant)));
    if (entry.created() > 0) {
      event.setCreated(Timestamp.newBuilder().setSeconds(entry.created()));
    }
    return GetEventResponse.newBuilder().setEvent(event).build();
  }

  /**
   * The answer of RefreshObject.
   *
   * @param version the version now cached; 0 if the mirror does not have the object
   */
  public RefreshObjectResponse refreshed(@Body long version) {
    return RefreshObjectResponse.newBuilder().setVersion(version).build();
  }

  private static StripeObject write(MirroredObject object) {
    ObjectVersion.Builder version =
        ObjectVersion.newBuilder()
            .setVersion(object.version())
            .setDeleted(object.deleted())
            .setTied(object.tied())
            .setUpdatedAt(write(object.updatedAt()));
    ifPresent(object.eventId(), version::setEventId);
    ifPresent(object.apiVersion(), version::setApiVersion);
    StripeObject.Builder answer =
        StripeObject.newBuilder()
            .setKey(write(object.key()))
            .setJson(object.json())
            .setVersion(version);
    Document content = content(object);
    if (Structs.fits(content)) {
      answer.setContent(Structs.struct(content));
    }
    return answer.build();
  }

  private static Document content(MirroredObject object) {
    try {
      return Json.read(object.json().getBytes(StandardCharsets.UTF_8));
    } catch (MalformedEventException e) {
      throw new IllegalStateException("the mirror's own JSON cannot be read", e);
    }
  }

  private static io.driveline.billing.v1.ObjectKey write(ObjectKey key) {
    io.driveline.billing.v1.ObjectKey.Builder answer =
        io.driveline.billing.v1.ObjectKey.newBuilder()
            .setType(key.type())
            .setId(key.id())
            .setLivemode(key.livemode());
    ifPresent(key.account(), answer::setAccount);
    return answer.build();
  }

  private static Timestamp write(Instant instant) {
    return Timestamp.newBuilder()
        .setSeconds(instant.getEpochSecond())
        .setNanos(instant.getNano())
        .build();
  }

  private static <T> void ifPresent(T value, Consumer<T> setter) {
    if (value != null) {
      setter.accept(value);
    }
  }
}
