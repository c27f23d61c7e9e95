package io.driveline.sandbox;

import io.driveline.sandbox.stripe.Poster;
import io.driveline.sandbox.stripe.SampleEvent;
import io.driveline.sandbox.stripe.SampleObjects;
import java.io.IOException;
import java.io.PrintStream;
import java.net.URI;
import java.time.Clock;
import java.util.HexFormat;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;

/** {@code ./driveline trigger <event type>}: one event, posted as Stripe would. */
final class Trigger {

  private static final int ID_BYTES = 8;
  private static final String HELP = "; see ./driveline trigger --help";

  private Trigger() {}

  /**
   * Posts one event and prints its id.
   *
   * @return the exit code: 0 if it was kept
   */
  static int run(List<String> args, PrintStream out, PrintStream err)
      throws UsageException, InterruptedException {
    URI webhook = URI.create("http://127.0.0.1:3003/webhook/v1/stripe");
    String secret = Apps.WEBHOOK_SECRET;
    String type = null;
    for (Iterator<String> rest = args.iterator(); rest.hasNext(); ) {
      String arg = rest.next();
      if (arg.equals("--to")) {
        webhook = uri(value(arg, rest));
      } else if (arg.equals("--secret")) {
        secret = value(arg, rest);
      } else if (arg.startsWith("-")) {
        throw new UsageException("trigger has no option " + arg + HELP);
      } else if (type != null) {
        throw new UsageException("trigger takes one type of event" + HELP);
      } else {
        type = arg;
      }
    }
    if (type == null) {
      throw new UsageException(
          "trigger needs a type of event, one of "
              + String.join(" ", SampleObjects.families())
              + HELP);
    }
    Clock clock = Clock.systemUTC();
    byte[] unique = new byte[ID_BYTES];
    ThreadLocalRandom.current().nextBytes(unique);
    SampleEvent event;
    try {
      event =
          SampleObjects.event(
              type, HexFormat.of().formatHex(unique), clock.instant().getEpochSecond());
    } catch (IllegalArgumentException e) {
      throw new UsageException(e.getMessage());
    }
    try {
      Poster.Answer answer = new Poster(webhook, clock).send(event, secret);
      if (answer.status() == 200) {
        String object = event.objectId() == null ? "without an id" : event.objectId();
        out.println(event.id() + "  " + event.objectType() + " " + object);
        return 0;
      }
      err.println(
          "driveline: the webhook answered "
              + answer.status()
              + (answer.reason().isEmpty() ? "" : ": " + answer.reason()));
    } catch (IOException e) {
      err.println(
          "driveline: nothing answers at "
              + webhook
              + "; is the sandbox up (./driveline up), or is it --to?");
    }
    return 1;
  }

  private static String value(String option, Iterator<String> rest) throws UsageException {
    if (!rest.hasNext()) {
      throw new UsageException(option + " needs a value" + HELP);
    }
    return rest.next();
  }

  private static URI uri(String text) throws UsageException {
    try {
      URI uri = URI.create(text);
      if (uri.getHost() != null) {
        return uri;
      }
    } catch (IllegalArgumentException e) {
      // told below
    }
    throw new UsageException(
        "--to must be an address such as http://127.0.0.1:3003/webhook/v1/stripe");
  }
}
