package io.driveline.system.faults;

/**
 * One answer to one request.
 *
 * @param at when it was sent, {@link System#nanoTime()}
 * @param millis how long it took
 * @param status the answer's; 0 if there was none
 */
record Answer(long at, long millis, int status) {}
