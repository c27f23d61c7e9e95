/** The gRPC server behind {@code from: grpc}. */
package io.driveline.grpc.server;
