package io.driveline.api.analytics;

import java.util.ArrayList;
import java.util.List;
import org.apache.camel.AggregationStrategy;
import org.apache.camel.Exchange;
import org.springframework.stereotype.Component;

/**
 * Collects rows, and the deliveries that brought them; the messages stay RabbitMQ's until those are
 * acked.
 */
@Component("factBatch")
class FactBatch implements AggregationStrategy {

  @Override
  public Exchange aggregate(Exchange batch, Exchange next) {
    Exchange all = batch;
    if (batch == null) {
      all = next;
      all.setProperty(Delivery.PROPERTY, new ArrayList<>(List.of(Delivery.of(next))));
      all.getMessage().setBody(new ArrayList<>(List.of(next.getMessage().getBody())));
    } else {
      add(all.getProperty(Delivery.PROPERTY, List.class), Delivery.of(next));
      add(all.getMessage().getBody(List.class), next.getMessage().getBody());
    }
    return all;
  }

  @SuppressWarnings("unchecked")
  private static void add(List<?> list, Object element) {
    ((List<Object>) list).add(element);
  }
}
