package io.driveline.grpc.server;

import io.grpc.ForwardingServerCallListener.SimpleForwardingServerCallListener;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import java.time.Duration;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Counts the calls of one service. A server's own {@code awaitTermination} would also wait for open
 * health watches and reflection streams, which clients keep for as long as they live.
 */
final class CallsInFlight implements ServerInterceptor {

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition none = lock.newCondition();
  private int count;

  @Override
  public <Q, R> ServerCall.Listener<Q> interceptCall(
      ServerCall<Q, R> call, Metadata headers, ServerCallHandler<Q, R> next) {
    change(1);
    ServerCall.Listener<Q> listener;
    try {
      listener = next.startCall(call, headers);
    } catch (RuntimeException e) {
      change(-1);
      throw e;
    }
    // grpc calls exactly one of the two: onComplete once the answer is handed to the network.
    return new SimpleForwardingServerCallListener<>(listener) {
      @Override
      public void onComplete() {
        try {
          super.onComplete();
        } finally {
          change(-1);
        }
      }

      @Override
      public void onCancel() {
        try {
          super.onCancel();
        } finally {
          change(-1);
        }
      }
    };
  }

  /** Waits until no call is left; gives how many are, 0 unless the time is up. */
  int awaitNone(Duration atMost) throws InterruptedException {
    long left = atMost.toNanos();
    lock.lock();
    try {
      while (count > 0 && left > 0) {
        left = none.awaitNanos(left);
      }
      return count;
    } finally {
      lock.unlock();
    }
  }

  private void change(int by) {
    lock.lock();
    try {
      count += by;
      if (count == 0) {
        none.signalAll();
      }
    } finally {
      lock.unlock();
    }
  }
}
