package io.driveline.servers;

/** A real server in a process of its own, which a test kills and suspends. */
public interface KilledServer {

  /** Starts it, again after a kill, and waits until it answers. */
  void start();

  /** Kill -9. */
  void kill();

  /** SIGSTOP: it stays connected, and silent. */
  void suspend();

  /** SIGCONT. */
  void resume();
}
