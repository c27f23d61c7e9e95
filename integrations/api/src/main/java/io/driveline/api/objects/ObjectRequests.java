package io.driveline.api.objects;

import io.driveline.api.ApiSettings;
import io.driveline.api.rest.RequestParameters;
import io.driveline.billing.v1.GetObjectRequest;
import io.driveline.billing.v1.ListObjectsRequest;
import io.driveline.billing.v1.ObjectKey;
import org.apache.camel.Exchange;
import org.springframework.stereotype.Component;

/** Turns a REST request for objects into the call of the grpc app. */
@Component("objectRequests")
class ObjectRequests {

  private final boolean livemode;

  ObjectRequests(ApiSettings settings) {
    this.livemode = settings.livemode();
  }

  /** {@code GET /objects/{type}/{id}}. */
  public GetObjectRequest one(Exchange exchange) {
    RequestParameters request = RequestParameters.of(exchange, "account", "livemode");
    String account = account(request);
    boolean live = request.livemode().orElse(livemode);
    exchange.setProperty(
        RequestParameters.LOOKED_AMONG,
        (account.isEmpty() ? "the platform's own" : "those of this connected account")
            + (live ? " in live mode" : " in test mode"));
    return GetObjectRequest.newBuilder()
        .setKey(
            ObjectKey.newBuilder()
                .setType(request.objectType("type"))
                .setId(request.objectId("id"))
                .setAccount(account)
                .setLivemode(live))
        .build();
  }

  /** {@code GET /objects/{type}}. */
  public ListObjectsRequest list(Exchange exchange) {
    RequestParameters request =
        RequestParameters.of(exchange, "account", "livemode", "tied", "limit", "cursor");
    return ListObjectsRequest.newBuilder()
        .setType(request.objectType("type"))
        .setAccount(account(request))
        .setLivemode(request.livemode().orElse(livemode))
        .setTied(request.flag("tied"))
        .setPageSize(request.limit())
        .setPageToken(request.text("cursor").orElse(""))
        .build();
  }

  /** The grpc app knows the platform by an empty name. */
  private static String account(RequestParameters request) {
    return request.account().filter(account -> !account.equals("platform")).orElse("");
  }
}
