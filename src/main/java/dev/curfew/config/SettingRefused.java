package dev.curfew.config;

/** A text that is not a value of its setting; the message completes "the setting ...". */
final class SettingRefused extends Exception {
  private static final long serialVersionUID = 1L;

  SettingRefused(String reason) {
    super(reason, null, false, false);
  }

  String reason() {
    String message = getMessage();
    return message == null ? "cannot be used" : message;
  }
}
