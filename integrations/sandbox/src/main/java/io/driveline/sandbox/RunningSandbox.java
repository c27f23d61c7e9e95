package io.driveline.sandbox;

import io.driveline.runtime.settings.GivenSettings;
import io.driveline.runtime.settings.WrongSettingException;
import io.driveline.sandbox.stripe.Poster;
import java.io.PrintStream;
import java.net.URI;
import java.time.Clock;
import org.springframework.core.env.StandardEnvironment;

/** A sandbox that is up. */
public final class RunningSandbox implements AutoCloseable {

  private final UpOptions options;
  private final Ports ports;
  private final Stores stores;
  private final Apps apps;
  private final PrintStream out;

  private RunningSandbox(
      UpOptions options, Ports ports, Stores stores, Apps apps, PrintStream out) {
    this.options = options;
    this.ports = ports;
    this.stores = stores;
    this.apps = apps;
    this.out = out;
  }

  /**
   * Starts the stores and the four apps.
   *
   * @param out where progress is told
   * @throws StartException if something is in the way; then nothing is left running
   */
  public static RunningSandbox start(UpOptions options, PrintStream out) throws StartException {
    return startBut(null, options, out);
  }

  /**
   * The same without one of the apps, whose place in it is for a process of its own.
   *
   * @param missing such as {@code worker}; null for none
   */
  static RunningSandbox startBut(String missing, UpOptions options, PrintStream out)
      throws StartException {
    checkSettings(out);
    Ports ports = Ports.at(options.portOffset());
    ports.check();
    Progress progress = new Progress(out);
    out.println("Driveline sandbox, on 127.0.0.1 only");
    Stores stores = Stores.start(options, progress);
    try {
      Apps apps = Apps.startBut(missing, options, ports, stores, progress);
      return new RunningSandbox(options, ports, stores, apps, out);
    } catch (StartException e) {
      stores.close();
      throw e;
    }
  }

  /** Before anything is started: what is wrong ends the start at once. */
  private static void checkSettings(PrintStream out) throws StartException {
    GivenSettings.unknown(System.getenv().keySet())
        .forEach(warning -> out.println("Warning: " + warning));
    try {
      new GivenSettings(new StandardEnvironment()).check();
    } catch (WrongSettingException e) {
      throw new StartException(e.getMessage());
    }
  }

  /** Posts the sample of traffic, waits until it is applied, and prints what became of it. */
  public void playSample() throws Exception {
    Poster poster = new Poster(webhook(), Clock.systemUTC());
    new SampleTable(poster, new ApiClient(api(), Apps.API_KEY), out).play();
  }

  /** Prints addresses, logins and keys. */
  public void tellWhatNext() {
    boolean own = options.webhookSecrets() != null;
    boolean moved = options.portOffset() != 0;
    out.print(
        """

        Up. What you can do now:
          REST        curl -H 'Authorization: Bearer %s' %s/api/v1/%s
          webhook     POST %s, signed with %s
          an event    ./driveline trigger payment_intent.succeeded%s
          events      ./driveline events%s
          replay      ./driveline replay --all --dry-run%s
          Stripe      stripe listen --forward-to %s
                      (%s)
          gRPC        127.0.0.1:%d, driveline.billing.v1.BillingService, with reflection
          Hawtio      http://127.0.0.1:%d/actuator/hawtio, login %s, password %s
          metrics     http://127.0.0.1:{%d,%d,%d,%d}/actuator/prometheus
        """
            .formatted(
                Apps.API_KEY,
                api(),
                options.sample() ? "objects/customer/cus_sandbox" : "events",
                webhook(),
                Apps.WEBHOOK_SECRET + (own ? " or what DRIVELINE_WEBHOOK_SECRETS has" : ""),
                moved ? " --to " + webhook() : "",
                moved ? " --url " + api() : "",
                moved ? " --url " + api() : "",
                webhook(),
                own
                    ? "its secret is to be in DRIVELINE_WEBHOOK_SECRETS, as it was set for this start"
                    : "then start again with DRIVELINE_WEBHOOK_SECRETS=<the secret it prints>",
                ports.grpc(),
                ports.workerManagement(),
                Apps.LOGIN,
                Apps.LOGIN,
                ports.apiManagement(),
                ports.webhookManagement(),
                ports.workerManagement(),
                ports.grpcManagement()));
    stores.embedded().forEach((name, address) -> out.printf("  %-11s %s%n", name, address));
    if (options.routes() != null) {
      out.println("  routes      save a file in " + options.routes() + ", and it runs");
    }
    if (stores.clickhouseUrl() == null) {
      out.println("  analytics   not here: there is no ClickHouse");
    }
    out.println("Ctrl-C ends it.");
    out.flush();
  }

  /** Where Stripe's events are posted. */
  public URI webhook() {
    return URI.create("http://127.0.0.1:" + ports.webhook() + "/webhook/v1/stripe");
  }

  /** Where the REST API is, without a path. */
  public URI api() {
    return URI.create("http://127.0.0.1:" + ports.api());
  }

  /** Where its parts listen. */
  public Ports ports() {
    return ports;
  }

  /** Where its stores are. */
  Stores stores() {
    return stores;
  }

  /** Whether there is a ClickHouse, and so analytics. */
  public boolean hasAnalytics() {
    return stores.clickhouseUrl() != null;
  }

  @Override
  public void close() {
    apps.close();
    stores.close();
  }
}
