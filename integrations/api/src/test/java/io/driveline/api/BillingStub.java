package io.driveline.api;

import com.google.protobuf.Timestamp;
import io.driveline.billing.v1.BillingServiceGrpc;
import io.driveline.billing.v1.GetObjectRequest;
import io.driveline.billing.v1.GetObjectResponse;
import io.driveline.billing.v1.ListObjectsRequest;
import io.driveline.billing.v1.ListObjectsResponse;
import io.driveline.billing.v1.ObjectKey;
import io.driveline.billing.v1.ObjectVersion;
import io.driveline.billing.v1.StripeObject;
import io.grpc.Server;
import io.grpc.Status;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

/** Stands for the grpc app at the edge of this module: the same contract, objects in memory. */
final class BillingStub extends BillingServiceGrpc.BillingServiceImplBase implements AutoCloseable {

  /** Set, every call ends with it. */
  final AtomicReference<Status> failure = new AtomicReference<>();

  /** Set, no call ends at all. */
  volatile boolean silent;

  /** How many calls came while it was silent. */
  final AtomicInteger unanswered = new AtomicInteger();

  private final Map<String, StripeObject> objects = new ConcurrentSkipListMap<>();
  private final Server server;

  BillingStub(int port) throws IOException {
    server =
        NettyServerBuilder.forAddress(new InetSocketAddress("127.0.0.1", port))
            .addService(this)
            .build()
            .start();
  }

  int port() {
    return server.getPort();
  }

  void put(String account, boolean livemode, String type, String id, String json) {
    put(account, livemode, type, id, json, false);
  }

  void put(String account, boolean livemode, String type, String id, String json, boolean tied) {
    ObjectKey key =
        ObjectKey.newBuilder()
            .setAccount(account)
            .setLivemode(livemode)
            .setType(type)
            .setId(id)
            .build();
    objects.put(
        name(key),
        StripeObject.newBuilder()
            .setKey(key)
            .setJson(json)
            .setVersion(
                ObjectVersion.newBuilder()
                    .setVersion(1_700_000_000)
                    .setEventId("evt_" + id)
                    .setTied(tied)
                    .setUpdatedAt(Timestamp.newBuilder().setSeconds(1_700_000_001)))
            .build());
  }

  @Override
  public void getObject(GetObjectRequest request, StreamObserver<GetObjectResponse> answer) {
    if (disturbed(answer)) {
      return;
    }
    StripeObject found = objects.get(name(request.getKey()));
    if (found == null) {
      answer.onError(Status.NOT_FOUND.asRuntimeException());
      return;
    }
    answer.onNext(GetObjectResponse.newBuilder().setObject(found).build());
    answer.onCompleted();
  }

  @Override
  public void listObjects(ListObjectsRequest request, StreamObserver<ListObjectsResponse> answer) {
    if (disturbed(answer)) {
      return;
    }
    List<StripeObject> all =
        objects.values().stream()
            .filter(o -> o.getKey().getType().equals(request.getType()))
            .filter(o -> o.getKey().getAccount().equals(request.getAccount()))
            .filter(o -> o.getKey().getLivemode() == request.getLivemode())
            .filter(o -> !request.getTied() || o.getVersion().getTied())
            .filter(o -> o.getKey().getId().compareTo(request.getPageToken()) > 0)
            .limit(request.getPageSize() + 1L)
            .toList();
    boolean more = all.size() > request.getPageSize();
    List<StripeObject> page = more ? all.subList(0, request.getPageSize()) : all;
    answer.onNext(
        ListObjectsResponse.newBuilder()
            .addAllObjects(page)
            .setNextPageToken(more ? page.getLast().getKey().getId() : "")
            .build());
    answer.onCompleted();
  }

  private boolean disturbed(StreamObserver<?> answer) {
    if (failure.get() != null) {
      answer.onError(failure.get().asRuntimeException());
    } else if (silent) {
      unanswered.incrementAndGet();
    }
    return silent || failure.get() != null;
  }

  private static String name(ObjectKey key) {
    return key.getType() + "/" + key.getAccount() + "/" + key.getLivemode() + "/" + key.getId();
  }

  @Override
  public void close() {
    server.shutdownNow();
  }
}
