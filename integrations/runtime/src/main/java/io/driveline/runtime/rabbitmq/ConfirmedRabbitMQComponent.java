package io.driveline.runtime.rabbitmq;

import java.util.HashMap;
import java.util.Map;
import org.apache.camel.Endpoint;
import org.apache.camel.component.springrabbit.SpringRabbitMQComponent;
import org.apache.camel.component.springrabbit.SpringRabbitMQEndpoint;
import org.apache.camel.util.PropertiesHelper;

/**
 * {@code spring-rabbitmq:} as Camel has it, but that a producer with {@code confirm=enabled} and
 * without a reply publishes through {@link ConfirmedPublisher}. Camel's own waits for each confirm
 * on a channel of its own, and takes a message that no queue takes for sent.
 */
public final class ConfirmedRabbitMQComponent extends SpringRabbitMQComponent {

  private final ConfirmedPublisher publisher;

  ConfirmedRabbitMQComponent(ConfirmedPublisher publisher) {
    this.publisher = publisher;
  }

  @Override
  protected Endpoint createEndpoint(String uri, String remaining, Map<String, Object> parameters)
      throws Exception {
    SpringRabbitMQEndpoint endpoint = new ConfirmedEndpoint(uri, this, remaining, publisher);
    endpoint.setConnectionFactory(getConnectionFactory());
    endpoint.setTestConnectionOnStartup(isTestConnectionOnStartup());
    getMessagePropertiesConverter().setHeaderFilterStrategy(getHeaderFilterStrategy());
    endpoint.setMessagePropertiesConverter(getMessagePropertiesConverter());
    endpoint.setMessageConverter(getMessageConverter());
    endpoint.setAllowNullBody(isAllowNullBody());
    endpoint.setReplyTimeout(getReplyTimeout());

    endpoint.setAutoStartup(isAutoStartup());
    endpoint.setAutoDeclare(isAutoDeclare());
    endpoint.setAutoDeclareProducer(isAutoDeclareProducer());
    endpoint.setDeadLetterExchange(getDeadLetterExchange());
    endpoint.setDeadLetterExchangeType(getDeadLetterExchangeType());
    endpoint.setDeadLetterQueue(getDeadLetterQueue());
    endpoint.setDeadLetterRoutingKey(getDeadLetterRoutingKey());

    endpoint.setMessageListenerContainerType(getMessageListenerContainerType());
    endpoint.setPrefetchCount(getPrefetchCount());
    endpoint.setConcurrentConsumers(getConcurrentConsumers());
    endpoint.setMaxConcurrentConsumers(getMaxConcurrentConsumers());
    endpoint.setRetry(getRetry());
    endpoint.setMaximumRetryAttempts(getMaximumRetryAttempts());
    endpoint.setRetryDelay(getRetryDelay());
    endpoint.setRejectAndDontRequeue(isRejectAndDontRequeue());

    Map<String, Object> arguments = new HashMap<>();
    if (getArgs() != null) {
      arguments.putAll(getArgs());
    }
    arguments.putAll(
        PropertiesHelper.extractProperties(parameters, SpringRabbitMQEndpoint.ARG_PREFIX));
    endpoint.setArgs(arguments);
    setProperties(endpoint, parameters);
    return endpoint;
  }
}
