package dev.curfew.storage;

/**
 * What a try of a store found.
 *
 * @param message for people: what was tried at which address, and what to do about it; without
 *     secrets
 */
public record Finding(State state, String message) {

  /** How usable a store is. */
  public enum State {
    /** It can be written, read and deleted from. */
    READY,
    /** It answers, but will not take this configuration: credentials, bucket, path, rights. */
    REFUSED,
    /** It does not answer, or fails; it may come back by itself. */
    UNREACHABLE
  }

  public boolean ready() {
    return state == State.READY;
  }

  public static Finding ready(String message) {
    return new Finding(State.READY, message);
  }

  public static Finding refused(String message) {
    return new Finding(State.REFUSED, message);
  }

  public static Finding unreachable(String message) {
    return new Finding(State.UNREACHABLE, message);
  }
}
