package io.driveline.api.analytics;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.camel.AggregationStrategy;
import org.apache.camel.Exchange;
import org.apache.camel.component.springrabbit.SpringRabbitMQConstants;
import org.springframework.stereotype.Component;

/**
 * Collects rows, in the order of their deliveries. The delivery tag that the batch carries is that
 * of its last row; the messages stay RabbitMQ's until that one is acked.
 */
@Component("factBatch")
class FactBatch implements AggregationStrategy {

  @Override
  public Exchange aggregate(Exchange batch, Exchange next) {
    Map<?, ?> row = next.getMessage().getBody(Map.class);
    if (batch == null) {
      List<Object> rows = new ArrayList<>();
      rows.add(row);
      next.getMessage().setBody(rows);
      return next;
    }
    @SuppressWarnings("unchecked")
    List<Object> rows = batch.getMessage().getBody(List.class);
    rows.add(row);
    batch
        .getMessage()
        .setHeader(
            SpringRabbitMQConstants.DELIVERY_TAG,
            next.getMessage().getHeader(SpringRabbitMQConstants.DELIVERY_TAG));
    return batch;
  }
}
