/**
 * The fault suite: the four apps as processes of their own, under a steady load of signed events,
 * while they and their stores are killed and suspended one after another; and at the end the
 * question whether every promise was kept. See docs/prove-it-yourself.md.
 */
package io.driveline.system.faults;
