/** The connection to MongoDB: the ledger and the mirror. */
package io.driveline.runtime.mongodb;
