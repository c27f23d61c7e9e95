package io.driveline.runtime.rabbitmq;

import com.rabbitmq.client.BlockedListener;
import com.rabbitmq.client.ShutdownSignalException;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.amqp.rabbit.connection.CachingConnectionFactory;
import org.springframework.amqp.rabbit.connection.Connection;
import org.springframework.amqp.rabbit.connection.ConnectionListener;

/**
 * Keeps the publishers' connection open, from a thread of its own: who publishes never waits for a
 * connection, but hears at once that there is none. It comes back by itself.
 */
final class BrokerConnection implements ConnectionListener {

  private static final Logger LOG = LoggerFactory.getLogger(BrokerConnection.class);

  private final CachingConnectionFactory factory;
  private final Topology topology;
  private final Duration pause;
  private volatile Connection open;
  private volatile String blocked;
  private volatile String down = "no attempt to connect was made yet";
  private volatile boolean topologyStale;
  private volatile boolean running;
  private Thread thread;

  BrokerConnection(CachingConnectionFactory factory, Topology topology, Duration pause) {
    this.factory = factory;
    this.topology = topology;
    this.pause = pause;
    factory.addConnectionListener(topology);
    factory.addConnectionListener(this);
  }

  /** Why nothing can be published right now; null if it can. */
  String unavailable() {
    return down != null ? "RabbitMQ is not connected: " + down : blocked;
  }

  /** Has the topology declared again, because a queue was seen missing. */
  void declareAgain() {
    topologyStale = true;
  }

  @Override
  public void onCreate(Connection connection) {
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

  /**
   * A connection ended; not always this one: RabbitMQ's client tells so when its reader ends, which
   * may be long after the next connection is open.
   */
  @Override
  public void onShutDown(ShutdownSignalException signal) {
    if (!isOpen()) {
      down = "the connection was lost";
    }
  }

  @Override
  public void onClose(Connection connection) {
    down = "the connection was closed";
  }

  void start() {
    running = true;
    thread = Thread.ofVirtual().name("rabbitmq-connection").start(this::keepOpen);
  }

  void stop() {
    running = false;
    thread.interrupt();
  }

  boolean isRunning() {
    return running;
  }

  private boolean isOpen() {
    return open != null && open.isOpen();
  }

  private void keepOpen() {
    String told = null;
    while (running) {
      try {
        if (!isOpen()) {
          // Spring's factory hands a dead connection out again; only a channel makes it look.
          factory.createConnection().createChannel(false).close();
          told = null;
        } else if (topologyStale) {
          topologyStale = false;
          topology.declare(open);
        }
        Thread.sleep(pause);
      } catch (InterruptedException e) {
        return;
      } catch (IOException | TimeoutException | RuntimeException e) {
        // Whatever it was: the loop must not end, or the app stays without RabbitMQ for ever.
        Throwable cause = e.getCause() == null ? e : e.getCause();
        down = cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getMessage();
        if (running && !down.equals(told)) {
          told = down;
          LOG.warn("RabbitMQ cannot be reached, trying on: {}", down);
        }
        LockSupport.parkNanos(pause.toNanos());
      }
    }
  }
}
