/**
 * RabbitMQ as Driveline uses it: one topology, declared in one place, and a {@code
 * spring-rabbitmq:} whose {@code confirm: enabled} means that a durable queue holds the message.
 */
package io.driveline.runtime.rabbitmq;
