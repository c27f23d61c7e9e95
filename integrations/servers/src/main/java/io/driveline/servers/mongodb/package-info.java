/**
 * An embedded MongoDB: mongo-java-server's emulation of the commands over H2's MVStore, such that
 * no reply tells of anything that a kill -9 could still undo.
 */
package io.driveline.servers.mongodb;
