package io.driveline.system.faults;

/**
 * One thing that goes wrong, and right again.
 *
 * @param name its kind, as the report has it
 * @param course does it all; from its return on, recovery is measured
 */
record Fault(String name, Course course) {

  /** What happens, from its begin to its end. */
  interface Course {
    void run() throws Exception;
  }
}
