package io.driveline.webhook;

/** Placeholder. */
public final class WebhookApplication {

  private WebhookApplication() {}

  public static void main(String[] args) {}
}
