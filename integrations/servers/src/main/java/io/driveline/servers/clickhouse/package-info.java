/** The ClickHouse engine, embedded: chdb, fetched by npm, behind ClickHouse's HTTP interface. */
package io.driveline.servers.clickhouse;
