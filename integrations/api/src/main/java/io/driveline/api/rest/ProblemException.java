package io.driveline.api.rest;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A request that is not answered with what it asked for. The message goes to the caller as it
 * stands: it never holds what the caller sent, nor a secret.
 */
public final class ProblemException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  private final int status;
  private final String kind;
  private final transient Map<String, Object> members;

  private ProblemException(int status, String kind, String detail, Map<String, Object> members) {
    super(detail, null, false, false);
    this.status = status;
    this.kind = kind;
    this.members = members;
  }

  /**
   * 400: a parameter that cannot be taken.
   *
   * @param parameter its name
   * @param allowed what is allowed, as the end of "must be …"
   */
  public static ProblemException badParameter(String parameter, String allowed) {
    Map<String, Object> members = new LinkedHashMap<>();
    members.put("parameter", parameter);
    members.put("allowed", allowed);
    return new ProblemException(
        400, "bad-parameter", "Parameter " + parameter + " must be " + allowed + ".", members);
  }

  /**
   * 400: a parameter that the operation does not have. Its name is the caller's, and not repeated.
   *
   * @param what such as {@code query parameter}
   * @param known the names of those that it has
   */
  public static ProblemException unknownParameter(String what, Collection<String> known) {
    String allowed = known.isEmpty() ? "none" : String.join(", ", known);
    return new ProblemException(
        400,
        "unknown-parameter",
        "The request has a "
            + what
            + " that this operation does not take; it takes "
            + allowed
            + ".",
        Map.of("allowed", allowed));
  }

  /** 400: a request that is wrong in another way. */
  public static ProblemException badRequest(String detail) {
    return new ProblemException(400, "bad-request", detail, Map.of());
  }

  /** 404: what the path names is not there. */
  public static ProblemException notFound(String detail) {
    return new ProblemException(404, "not-found", detail, Map.of());
  }

  /**
   * 409: what the path names is not in a state that allows it.
   *
   * @param kind the last part of the problem's type
   */
  public static ProblemException conflict(String kind, String detail) {
    return new ProblemException(409, kind, detail, Map.of());
  }

  /** 503: a part that this installation does not have. */
  public static ProblemException notConfigured(String detail) {
    return new ProblemException(503, "not-configured", detail, Map.of());
  }

  Problem problem() {
    return new Problem(status, kind, getMessage(), members);
  }
}
