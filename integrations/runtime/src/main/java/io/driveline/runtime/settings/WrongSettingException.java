package io.driveline.runtime.settings;

/** A setting that is missing or wrong: the start ends with its message as the one line. */
public final class WrongSettingException extends IllegalArgumentException {

  private static final long serialVersionUID = 1L;

  /**
   * @param message names the variable, and says what it must be; never quotes a secret
   */
  public WrongSettingException(String message) {
    super(message);
  }
}
