/** Calls to the grpc app. */
package io.driveline.runtime.grpc;
