package io.driveline.runtime.rabbitmq;

import com.rabbitmq.client.BlockedListener;
import com.rabbitmq.client.ShutdownSignalException;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.amqp.AmqpException;
import org.springframework.amqp.rabbit.connection.CachingConnectionFactory;
import org.springframework.amqp.rabbit.connection.Connection;
import org.springframework.amqp.rabbit.connection.ConnectionListener;
import org.springframework.context.SmartLifecycle;

/**
 * Keeps the publishers' connection open, from a thread of its own: who publishes never waits for a
 * connection, but hears at once that there is none. It comes back by itself.
 */
public final class BrokerConnection implements SmartLifecycle, ConnectionListener {

  private static final Logger LOG = LoggerFactory.getLogger(BrokerConnection.class);

  private final CachingConnectionFactory factory;
  private final Topology topology;
  private final Duration pause;
  private volatile Connection open;
  private volatile String blocked;
  private volatile String down = "no attempt to connect was made yet";
  private volatile boolean topologyStale;
  private volatile Thread thread;

  BrokerConnection(CachingConnectionFactory factory, Topology topology, Duration pause) {
    this.factory = factory;
    this.topology = topology;
    this.pause = pause;
  }

  /** Why nothing can be published right now; null if it can. */
  public String unavailable() {
    return down != null ? "RabbitMQ is not connected: " + down : blocked;
  }

  /** Has the topology declared again, because a queue was seen missing. */
  void declareAgain() {
    topologyStale = true;
  }

  @Override
  public void onCreate(Connection connection) {
    // Only in the notification of the connection itself: the blocking of a consumers' connection
    // says nothing here.
    blocked = null;
    connection.addBlockedListener(
        new BlockedListener() {
          @Override
          public void handleBlocked(String reason) {
            blocked = "RabbitMQ takes no messages: " + reason;
            LOG.warn("{}", blocked);
          }

          @Override
          public void handleUnblocked() {
            blocked = null;
            LOG.info("RabbitMQ takes messages again");
          }
        });
    open = connection;
    down = null;
    LOG.info("Connected to RabbitMQ");
  }

  @Override
  public void onShutDown(ShutdownSignalException signal) {
    down = "the connection was lost";
  }

  @Override
  public void onClose(Connection connection) {
    down = "the connection was closed";
  }

  @Override
  public void start() {
    thread = Thread.ofVirtual().name("rabbitmq-connection").start(this::keepOpen);
  }

  @Override
  public void stop() {
    Thread running = thread;
    thread = null;
    if (running != null) {
      running.interrupt();
    }
  }

  @Override
  public boolean isRunning() {
    return thread != null;
  }

  private void keepOpen() {
    String told = null;
    while (thread == Thread.currentThread()) {
      try {
        if (open == null || !open.isOpen()) {
          factory.createConnection();
          told = null;
        } else if (topologyStale) {
          topologyStale = false;
          topology.declare(open);
        }
      } catch (AmqpException e) {
        down = String.valueOf(e.getCause() == null ? e.getMessage() : e.getCause().getMessage());
        if (!down.equals(told)) {
          told = down;
          LOG.warn("RabbitMQ cannot be reached, trying on: {}", down);
        }
      }
      try {
        Thread.sleep(pause);
      } catch (InterruptedException e) {
        return;
      }
    }
  }
}
