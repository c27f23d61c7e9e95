/** Settings: one {@code driveline.*} tree, given as {@code DRIVELINE_*}, checked at the start. */
package io.driveline.runtime.settings;
