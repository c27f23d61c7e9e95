package io.driveline.grpc.server;

import io.grpc.MethodDescriptor;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.MethodDescriptor.PrototypeMarshaller;
import io.grpc.ServerServiceDefinition;
import io.grpc.ServiceDescriptor;
import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.ServerCalls;
import io.grpc.stub.StreamObserver;
import java.util.Locale;
import org.apache.camel.Exchange;
import org.apache.camel.ExchangePattern;
import org.apache.camel.Processor;
import org.apache.camel.component.grpc.GrpcConstants;
import org.apache.camel.component.grpc.GrpcEndpoint;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Every call becomes an exchange: body the request, header {@code CamelGrpcMethodName} the Java
 * name of the method, as with Camel's own consumer. The answer is the body that the route leaves; a
 * header {@value #STATUS} makes it an error of that code instead, its text the body. So the error
 * policy, which code for which failure, stands in the routes.
 */
final class RoutedService {

  /** Set by the error policy: the name of a gRPC status code other than OK. */
  static final String STATUS = "driveline-grpc-status";

  private static final Logger LOG = LoggerFactory.getLogger(RoutedService.class);

  private final GrpcEndpoint endpoint;
  private final Processor route;

  RoutedService(GrpcEndpoint endpoint, Processor route) {
    this.endpoint = endpoint;
    this.route = route;
  }

  /**
   * @throws IllegalArgumentException if a method is not unary
   */
  ServerServiceDefinition define(ServiceDescriptor service) {
    ServerServiceDefinition.Builder definition = ServerServiceDefinition.builder(service);
    for (MethodDescriptor<?, ?> method : service.getMethods()) {
      add(definition, method);
    }
    return definition.build();
  }

  private <Q, R> void add(
      ServerServiceDefinition.Builder definition, MethodDescriptor<Q, R> method) {
    if (method.getType() != MethodType.UNARY) {
      throw new IllegalArgumentException(
          method.getFullMethodName() + " streams; only unary calls reach routes");
    }
    Class<?> answer =
        ((PrototypeMarshaller<R>) method.getResponseMarshaller()).getMessagePrototype().getClass();
    String name = javaName(method.getBareMethodName());
    definition.addMethod(
        method,
        ServerCalls.asyncUnaryCall((request, observer) -> call(name, request, answer, observer)));
  }

  private <R> void call(String method, Object request, Class<?> answer, StreamObserver<R> caller) {
    Exchange exchange = endpoint.createExchange(ExchangePattern.InOut);
    exchange.getIn().setBody(request);
    exchange.getIn().setHeader(GrpcConstants.GRPC_METHOD_NAME_HEADER, method);
    try {
      route.process(exchange);
    } catch (Exception e) {
      exchange.setException(e);
    }
    if (((ServerCallStreamObserver<R>) caller).isCancelled()) {
      return;
    }
    Status status = status(exchange, answer);
    if (status.isOk()) {
      @SuppressWarnings("unchecked") // status() has seen to the type
      R response = (R) exchange.getMessage().getBody();
      caller.onNext(response);
      caller.onCompleted();
    } else {
      caller.onError(status.asRuntimeException());
    }
  }

  private static Status status(Exchange exchange, Class<?> answer) {
    if (exchange.getException() != null) {
      // The error policy lets nothing through; what comes here escaped it.
      LOG.error("Call {} failed", exchange.getExchangeId(), exchange.getException());
      return internal(exchange);
    }
    String code = exchange.getMessage().getHeader(STATUS, String.class);
    Object body = exchange.getMessage().getBody();
    if (code == null && answer.isInstance(body)) {
      return Status.OK;
    }
    Status.Code known = code(code);
    if (known == null || known == Status.Code.OK) {
      LOG.error(
          "Call {}: the route left status {} and {} instead of {}",
          exchange.getExchangeId(),
          code,
          body == null ? "no body" : body.getClass().getName(),
          answer.getName());
      return internal(exchange);
    }
    return known.toStatus().withDescription(exchange.getMessage().getBody(String.class));
  }

  private static Status internal(Exchange exchange) {
    return Status.INTERNAL.withDescription(
        "internal error; the server's log tells more under " + exchange.getExchangeId());
  }

  private static Status.Code code(String name) {
    for (Status.Code code : Status.Code.values()) {
      if (code.name().equals(name)) {
        return code;
      }
    }
    return null;
  }

  private static String javaName(String method) {
    return method.substring(0, 1).toLowerCase(Locale.ROOT) + method.substring(1);
  }
}
