package io.driveline.runtime.rabbitmq;

import org.apache.camel.Producer;
import org.apache.camel.component.springrabbit.SpringRabbitMQEndpoint;

/** An endpoint whose producers with {@code confirm=enabled} are confirmed and mandatory. */
final class ConfirmedEndpoint extends SpringRabbitMQEndpoint {

  private final ConfirmedPublisher publisher;

  ConfirmedEndpoint(
      String uri,
      ConfirmedRabbitMQComponent component,
      String exchangeName,
      ConfirmedPublisher publisher) {
    super(uri, component, exchangeName);
    this.publisher = publisher;
  }

  @Override
  public Producer createProducer() throws Exception {
    return "enabled".equalsIgnoreCase(getConfirm())
        ? new ConfirmedProducer(this, publisher)
        : super.createProducer();
  }
}
