package io.driveline.runtime.rabbitmq;

import java.util.concurrent.CompletionException;
import org.apache.camel.AsyncCallback;
import org.apache.camel.Exchange;
import org.apache.camel.component.springrabbit.SpringRabbitMQConstants;
import org.apache.camel.component.springrabbit.SpringRabbitMQEndpoint;
import org.apache.camel.component.springrabbit.SpringRabbitMQProducer;
import org.springframework.amqp.core.Message;

/** Sends through {@link ConfirmedPublisher}, and is done when the broker has the message. */
final class ConfirmedProducer extends SpringRabbitMQProducer {

  private final ConfirmedPublisher publisher;

  ConfirmedProducer(SpringRabbitMQEndpoint endpoint, ConfirmedPublisher publisher) {
    super(endpoint);
    this.publisher = publisher;
  }

  @Override
  protected boolean processInOnly(Exchange exchange, AsyncCallback callback) {
    SpringRabbitMQEndpoint endpoint = getEndpoint();
    String name =
        override(
            exchange, SpringRabbitMQConstants.EXCHANGE_OVERRIDE_NAME, endpoint.getExchangeName());
    String key =
        override(exchange, SpringRabbitMQConstants.ROUTING_OVERRIDE_KEY, endpoint.getRoutingKey());
    boolean toDefault = SpringRabbitMQConstants.DEFAULT_EXCHANGE_NAME.equals(name);
    publisher
        .publish(toDefault ? "" : name, key, message(exchange))
        .whenComplete(
            (done, failure) -> {
              if (failure != null) {
                exchange.setException(
                    failure instanceof CompletionException && failure.getCause() != null
                        ? failure.getCause()
                        : failure);
              }
              callback.done(false);
            });
    return false;
  }

  /** Taken away, as Camel does, so that the next {@code to} does not go there too. */
  private static String override(Exchange exchange, String header, String otherwise) {
    Object value = exchange.getMessage().removeHeader(header);
    return value == null ? otherwise : value.toString();
  }

  private Message message(Exchange exchange) {
    Object body = exchange.getMessage().getBody();
    return body instanceof Message message
        ? message
        : getEndpoint()
            .getMessageConverter()
            .toMessage(
                body, getEndpoint().getMessagePropertiesConverter().toMessageProperties(exchange));
  }
}
