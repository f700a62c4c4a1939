package dev.curfew.cluster;

import java.util.Set;
import java.util.UUID;

/** With whom this member is in touch over the network right now. */
public interface Contacts {
  /** The members that answer, this one among them. */
  Set<UUID> inTouch();

  /**
   * Has somebody told, on any thread, whenever that changes.
   *
   * @param changed must not block
   */
  void watch(Runnable changed);
}
