/** The management port: health, metrics, Hawtio and Jolokia, and who may reach which. */
package io.driveline.runtime.management;
