package io.driveline.system.faults;

/** A process that faults befall: a store or an app. */
interface Victim {

  /** What it is called in the report, such as {@code rabbitmq} or {@code worker-1}. */
  String name();

  /** Kill -9: no goodbye to anyone. */
  void kill() throws Exception;

  /** Starts it again; a store answers when this returns, an app is only on its way. */
  void start() throws Exception;

  /** Lets it hang: connected, and silent. */
  void suspend();

  /** Lets it go on. */
  void resume();
}
