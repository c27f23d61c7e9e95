package io.driveline.webhook.body;

/** The posts being taken in use up the memory that they may have together. */
public final class OverloadedException extends RefusedBodyException {

  private static final long serialVersionUID = 1L;

  OverloadedException() {
    super("too many posts at once; send it again");
  }
}
