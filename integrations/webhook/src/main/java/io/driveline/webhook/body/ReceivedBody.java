package io.driveline.webhook.body;

import org.apache.camel.Exchange;
import org.apache.camel.component.platform.http.springboot.PlatformHttpMessage;

/** Bean {@code receivedBody}: puts the body that {@link BodyFilter} had read into the message. */
public final class ReceivedBody {

  /**
   * Takes it.
   *
   * @throws RefusedBodyException if it was too large or too slow
   */
  public void take(Exchange exchange) throws RefusedBodyException {
    BodyReader reader =
        (BodyReader)
            exchange
                .getMessage(PlatformHttpMessage.class)
                .getRequest()
                .getAttribute(BodyReader.ATTRIBUTE);
    exchange.getMessage().setBody(reader.body());
  }
}
