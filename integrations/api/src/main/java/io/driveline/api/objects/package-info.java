/** The mirror over REST, read through the grpc app. */
package io.driveline.api.objects;
