/**
 * Which worker does what one alone may do: the routes that begin with {@code master:worker:} run on
 * the leader.
 */
package io.driveline.worker.leader;
