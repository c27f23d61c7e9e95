package io.driveline.system;

/** As {@code ./driveline up} has it. */
class WholeLineOnEmbeddedServersTest extends WholeLine {

  @Override
  Driveline startDriveline() throws Exception {
    return Driveline.start(null, null, null, null);
  }
}
