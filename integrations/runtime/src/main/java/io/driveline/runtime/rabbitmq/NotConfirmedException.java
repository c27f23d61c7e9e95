package io.driveline.runtime.rabbitmq;

import org.springframework.amqp.AmqpException;

/**
 * The broker answered, and it does not hold the message: it refused it, or no queue takes it. That
 * it could not be asked, or did not answer in time, is an {@code AmqpConnectException} or an {@code
 * AmqpTimeoutException}.
 */
public final class NotConfirmedException extends AmqpException {

  private static final long serialVersionUID = 1L;

  NotConfirmedException(String message) {
    super(message);
  }
}
