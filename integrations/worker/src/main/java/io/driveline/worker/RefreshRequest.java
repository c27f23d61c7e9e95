package io.driveline.worker;

import io.driveline.billing.v1.ObjectKey;
import io.driveline.billing.v1.RefreshObjectRequest;
import org.apache.camel.Exchange;

/** Bean {@code refreshRequest}: what the grpc app is asked to refresh. */
final class RefreshRequest {

  /** The request for the event's object; it has one, or the route would not come here. */
  public RefreshObjectRequest draw(Exchange exchange) {
    io.driveline.events.ObjectKey object = Received.of(exchange).event().object();
    return RefreshObjectRequest.newBuilder()
        .setKey(
            ObjectKey.newBuilder()
                .setType(object.type())
                .setId(object.id())
                .setAccount(object.account() == null ? "" : object.account())
                .setLivemode(object.livemode()))
        .build();
  }
}
