package dev.curfew.directory;

import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/**
 * What became of the sessions that were to be revoked, each in one of the lists.
 *
 * @param revoked ended by this call
 * @param notFound of no realm that the caller may know of
 * @param alreadyEnded over, or about to be, before this call came to them
 * @param unknown their shard did not answer in time: they may be revoked or not; ask again
 */
public record Revocation(
    List<UUID> revoked, List<UUID> notFound, List<UUID> alreadyEnded, List<UUID> unknown) {

  public Revocation {
    revoked = List.copyOf(revoked);
    notFound = List.copyOf(notFound);
    alreadyEnded = List.copyOf(alreadyEnded);
    unknown = List.copyOf(unknown);
  }

  /** The fate of one session. */
  enum Fate {
    REVOKED,
    NOT_FOUND,
    ALREADY_ENDED,
    UNKNOWN
  }

  /** Gathers the fates as they become known, on one thread. */
  static final class Tally {
    private final List<UUID> revoked = new ArrayList<>();
    private final List<UUID> notFound = new ArrayList<>();
    private final List<UUID> alreadyEnded = new ArrayList<>();
    private final List<UUID> unknown = new ArrayList<>();

    void add(UUID id, Fate fate) {
      switch (fate) {
        case REVOKED -> revoked.add(id);
        case NOT_FOUND -> notFound.add(id);
        case ALREADY_ENDED -> alreadyEnded.add(id);
        case UNKNOWN -> unknown.add(id);
      }
    }

    Revocation result() {
      return new Revocation(revoked, notFound, alreadyEnded, unknown);
    }
  }
}
