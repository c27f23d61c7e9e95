/** The cache of objects in Redis, which belongs to this app alone. */
package io.driveline.grpc.cache;
