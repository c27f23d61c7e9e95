package io.driveline.grpc.billing;

import io.driveline.billing.v1.GetEventRequest;
import io.driveline.billing.v1.GetObjectRequest;
import io.driveline.billing.v1.ListObjectsRequest;
import io.driveline.billing.v1.RefreshObjectRequest;
import io.driveline.events.ObjectKey;
import java.util.regex.Pattern;

/**
 * Reads requests into the domain's words. What the envelope lets into the mirror and the ledger can
 * be asked for, and nothing else: types name collections, so they are checked before any query.
 */
public final class Requests {

  private static final Pattern TYPE = Pattern.compile("[A-Za-z0-9_.]{1,120}");
  private static final Pattern ID = Pattern.compile("[A-Za-z0-9_.\\-]{1,255}");

  private static final int DEFAULT_PAGE = 20;
  private static final int MAX_PAGE = 100;

  private final boolean livemode;

  /**
   * @param livemode the mode that a request means which names none
   */
  public Requests(boolean livemode) {
    this.livemode = livemode;
  }

  /**
   * @throws InvalidRequestException if type, id or account is missing or malformed
   */
  public ObjectKey objectToGet(GetObjectRequest request) {
    return key(request.getKey());
  }

  /**
   * @throws InvalidRequestException if type, id or account is missing or malformed
   */
  public ObjectKey objectToRefresh(RefreshObjectRequest request) {
    return key(request.getKey());
  }

  /**
   * @throws InvalidRequestException if type or account is malformed, the page size is out of range,
   *     or the page token is not one of this list
   */
  public ListQuery listQuery(ListObjectsRequest request) {
    if (request.getPageSize() < 0 || request.getPageSize() > MAX_PAGE) {
      throw new InvalidRequestException(
          "page_size must be 1 to " + MAX_PAGE + ", or 0 for " + DEFAULT_PAGE);
    }
    int size = request.getPageSize() == 0 ? DEFAULT_PAGE : request.getPageSize();
    String type = type(request.getType());
    String account = account(request.getAccount());
    boolean mode = request.hasLivemode() ? request.getLivemode() : livemode;
    String token = request.getPageToken();
    String after =
        token.isEmpty()
            ? null
            : PageToken.read(type, ListQuery.list(account, mode, request.getTied()), token);
    return new ListQuery(type, account, mode, request.getTied(), size, after);
  }

  /**
   * @throws InvalidRequestException if the id is missing or malformed
   */
  public String eventId(GetEventRequest request) {
    return id("id", request.getId());
  }

  private ObjectKey key(io.driveline.billing.v1.ObjectKey key) {
    return new ObjectKey(
        account(key.getAccount()),
        key.hasLivemode() ? key.getLivemode() : livemode,
        type(key.getType()),
        id("id", key.getId()));
  }

  private static String type(String type) {
    if (!TYPE.matcher(type).matches()) {
      throw new InvalidRequestException(
          "type must be a Stripe object type, such as customer: letters, digits, _ and .");
    }
    if (type.startsWith("system.")) {
      throw new InvalidRequestException("type must be a Stripe object type, such as customer");
    }
    return type;
  }

  private static String account(String account) {
    return account.isEmpty() ? null : id("account", account);
  }

  private static String id(String field, String id) {
    if (!ID.matcher(id).matches()) {
      throw new InvalidRequestException(
          field + " must be 1 to 255 letters, digits, _, - or ., as Stripe gives it");
    }
    return id;
  }
}
