package io.driveline.runtime.grpc;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.MethodDescriptor;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * Gives every call to the grpc app an end: Camel's producer knows no deadline, and a call without
 * one would wait for as long as the other side is silent. Camel applies it as a bean.
 */
public final class CallDeadline implements ClientInterceptor {

  private final Duration deadline;

  /**
   * @param deadline how long a call may take in all
   */
  public CallDeadline(Duration deadline) {
    this.deadline = deadline;
  }

  @Override
  public <Q, A> ClientCall<Q, A> interceptCall(
      MethodDescriptor<Q, A> method, CallOptions options, Channel next) {
    return next.newCall(
        method, options.withDeadlineAfter(deadline.toNanos(), TimeUnit.NANOSECONDS));
  }
}
