package io.driveline.worker;

/** The ledger does not take a claim; the event waits. */
final class LedgerUnavailableException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  /** Without the cause: by it, Camel would choose another error policy. */
  LedgerUnavailableException(String message) {
    super("the ledger takes no claim: " + message);
  }
}
