/** The ledger over REST: events, one by one and in lists, and counts. */
package io.driveline.api.events;
