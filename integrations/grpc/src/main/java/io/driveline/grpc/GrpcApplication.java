package io.driveline.grpc;

/** Placeholder. */
public final class GrpcApplication {

  private GrpcApplication() {}

  public static void main(String[] args) {}
}
