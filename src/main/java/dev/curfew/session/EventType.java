package dev.curfew.session;

import java.util.Optional;

/** Every type of event in the log; the wire name is the CloudEvents {@code type}. */
public enum EventType {
  SESSION_APPROVED("dev.curfew.session.approved"),
  SESSION_STARTED("dev.curfew.session.started"),
  SESSION_EXPIRING("dev.curfew.session.expiring"),
  SESSION_EXTENDED("dev.curfew.session.extended"),
  SESSION_IDLE("dev.curfew.session.idle"),
  SESSION_EXPIRED("dev.curfew.session.expired"),
  SESSION_REVOKED("dev.curfew.session.revoked"),
  SESSION_STOPPED("dev.curfew.session.stopped"),
  SESSION_LOST("dev.curfew.session.lost"),
  SESSION_ENDED("dev.curfew.session.ended"),

  RECORDING_CAPTURED("dev.curfew.recording.captured"),
  RECORDING_ENCODING("dev.curfew.recording.encoding"),
  RECORDING_ENCODED("dev.curfew.recording.encoded"),
  RECORDING_UPLOADING("dev.curfew.recording.uploading"),
  RECORDING_UPLOADED("dev.curfew.recording.uploaded"),
  RECORDING_REQUEUED("dev.curfew.recording.requeued"),
  RECORDING_FAILED("dev.curfew.recording.failed"),
  RECORDING_READ("dev.curfew.recording.read"),

  CHECKOUT_OPENED("dev.curfew.checkout.opened"),
  CHECKOUT_CLOSED("dev.curfew.checkout.closed"),
  CREDENTIAL_READ("dev.curfew.credential.read"),

  GRANT_APPLIED("dev.curfew.grant.applied"),
  GRANT_FAILED("dev.curfew.grant.failed"),
  GRANT_REMOVED("dev.curfew.grant.removed"),

  AUTH_LOGIN("dev.curfew.auth.login"),
  AUTH_DENIED("dev.curfew.auth.denied"),

  /** Somebody searched what people typed and copied. */
  AUDIT_SEARCHED("dev.curfew.audit.searched"),

  ADMIN_CHANGED("dev.curfew.admin.changed");

  private final String wireName;

  EventType(String wireName) {
    this.wireName = wireName;
  }

  public String wireName() {
    return wireName;
  }

  public static Optional<EventType> ofWireName(String name) {
    for (EventType type : values()) {
      if (type.wireName.equals(name)) {
        return Optional.of(type);
      }
    }
    return Optional.empty();
  }
}
