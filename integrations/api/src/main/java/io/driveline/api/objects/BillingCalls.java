package io.driveline.api.objects;

import io.driveline.api.ApiSettings;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.MethodDescriptor;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.springframework.stereotype.Component;

/**
 * Gives every call to the grpc app an end: Camel's producer knows no deadline, and a call without
 * one would hold its HTTP client for as long as the other side is silent.
 */
@Component
class BillingCalls implements ClientInterceptor {

  private final Duration deadline;

  BillingCalls(ApiSettings settings) {
    this.deadline = settings.grpcDeadline();
  }

  @Override
  public <Q, A> ClientCall<Q, A> interceptCall(
      MethodDescriptor<Q, A> method, CallOptions options, Channel next) {
    return next.newCall(
        method, options.withDeadlineAfter(deadline.toNanos(), TimeUnit.NANOSECONDS));
  }
}
