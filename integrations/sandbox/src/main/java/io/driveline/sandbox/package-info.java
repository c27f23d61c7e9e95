/** All of Driveline in one process on 127.0.0.1: embedded stores, the four apps, sample traffic. */
package io.driveline.sandbox;
