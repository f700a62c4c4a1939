package dev.curfew.alert;

import dev.curfew.fault.CurfewException;
import dev.curfew.fault.ErrorCode;

/**
 * Why a frame is refused.
 *
 * @param word what the standard bridge calls it
 * @param failureCode the status with which HTTP would refuse it
 * @param message for a person; names the header at fault, if one is
 */
record BridgeRefusal(String word, int failureCode, String message) {
  private static final int BAD_REQUEST = 400;

  static final BridgeRefusal NO_JSON =
      malformed("invalid_json", "A frame must be a JSON object in UTF-8");
  static final BridgeRefusal NO_TYPE =
      malformed("missing_type", "A frame must have a type: a string");
  static final BridgeRefusal NO_SUCH_TYPE =
      malformed("unknown_type", "type must be ping, register, unregister, send or publish");
  static final BridgeRefusal NO_ADDRESS =
      malformed("missing_address", "A frame of this type must have an address: a string");
  static final BridgeRefusal LONG_ADDRESS =
      malformed(
          "max_address_length_reached",
          "An address may have " + BridgeAddress.LONGEST + " characters");
  static final BridgeRefusal LONG_REPLY_ADDRESS =
      malformed("invalid_reply_address", "A replyAddress may have 36 characters");
  static final BridgeRefusal BAD_HEADERS =
      malformed(
          "rejected",
          "headers must be an object; Authorization, X-API-Key and after in it are strings");
  static final BridgeRefusal INBOUND =
      of(CurfewException.of(ErrorCode.FORBIDDEN, "Nothing can be sent or published"));
  static final BridgeRefusal NO_SUCH_ADDRESS =
      of(
          CurfewException.of(
              ErrorCode.FORBIDDEN,
              "There is only alerts.user.<id>, alerts.session.<id> and alerts.realm.<name>"));
  static final BridgeRefusal REGISTERED =
      new BridgeRefusal(
          "address_already_registered",
          ErrorCode.ALREADY_EXISTS.httpStatus(),
          "The address is registered already");
  static final BridgeRefusal NOT_REGISTERED =
      new BridgeRefusal(
          "unknown_address", ErrorCode.NOT_FOUND.httpStatus(), "The address is not registered");

  /** A frame that is not what it should be. */
  static BridgeRefusal malformed(String word, String message) {
    return new BridgeRefusal(word, BAD_REQUEST, message);
  }

  static BridgeRefusal tooManyRegistrations(int most) {
    return new BridgeRefusal(
        "max_handlers_reached",
        ErrorCode.RATE_LIMITED.httpStatus(),
        "A connection may have " + most + " registrations");
  }

  static BridgeRefusal of(CurfewException failure) {
    String word =
        switch (failure.code().category()) {
          case UNAUTHENTICATED -> "not_logged_in";
          case FORBIDDEN, NOT_FOUND -> "access_denied";
          case RATE_LIMITED, UNAVAILABLE, INTERNAL -> "auth_error";
          default -> "rejected";
        };
    return new BridgeRefusal(word, failure.code().httpStatus(), failure.getMessage());
  }
}
