package io.driveline.runtime.http;

import java.time.Duration;
import org.apache.coyote.http11.Http11NioProtocol;

/**
 * HTTP whose stop costs nobody a request. Clients and load balancers keep connections open, and
 * Tomcat, told to end, answers 503 to what still comes on them. This one first closes its port and
 * goes on answering for a while, each time with {@code Connection: close}, so that its clients
 * connect anew, elsewhere; it ends early once no connection is left. Tomcat makes it by its class
 * name.
 */
public class DrainingHttp extends Http11NioProtocol {

  /** Who has sent nothing in this time is not in the middle of something. */
  private static final Duration DRAIN = Duration.ofSeconds(5);

  private static final long PERIOD_MILLIS = 20;

  private boolean drained;

  /** The first thing that a stop does. */
  @Override
  public void pause() throws Exception {
    if (!drained) {
      drained = true;
      // With its port closed, Tomcat lets every request be the last on its connection.
      closeServerSocketGraceful();
      long end = System.nanoTime() + DRAIN.toNanos();
      while (!getEndpoint().getConnections().isEmpty() && System.nanoTime() - end < 0) {
        Thread.sleep(PERIOD_MILLIS);
      }
    }
    super.pause();
  }
}
