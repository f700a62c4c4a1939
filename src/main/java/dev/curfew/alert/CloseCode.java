package dev.curfew.alert;

/** Why a WebSocket is closed, as RFC 6455 and its registry number the reasons. */
enum CloseCode {
  GOING_AWAY(1001),
  PROTOCOL_ERROR(1002),
  UNSUPPORTED_DATA(1003),
  INVALID_DATA(1007),
  POLICY_VIOLATION(1008),
  TOO_BIG(1009),
  TRY_AGAIN_LATER(1013);

  private final short number;

  CloseCode(int number) {
    this.number = (short) number;
  }

  short number() {
    return number;
  }
}
