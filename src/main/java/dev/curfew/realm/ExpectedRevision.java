package dev.curfew.realm;

import org.jspecify.annotations.Nullable;

/**
 * What a writer believes is stored; a write on another belief changes nothing and fails with
 * REVISION_MISMATCH.
 *
 * @param revision for {@link Kind#EXACTLY}: the revision that was read
 */
public record ExpectedRevision(Kind kind, @Nullable String revision) {
  /** What kind of belief. */
  public enum Kind {
    /** None. */
    ANY,
    /** Nothing is stored ({@code If-None-Match: *}). */
    ABSENT,
    /** Something is stored ({@code If-Match: *}). */
    PRESENT,
    /** This revision is stored ({@code If-Match: "..."}). */
    EXACTLY
  }

  public static final ExpectedRevision ANY = new ExpectedRevision(Kind.ANY, null);
  public static final ExpectedRevision ABSENT = new ExpectedRevision(Kind.ABSENT, null);
  public static final ExpectedRevision PRESENT = new ExpectedRevision(Kind.PRESENT, null);

  public static ExpectedRevision exactly(String revision) {
    return new ExpectedRevision(Kind.EXACTLY, revision);
  }

  /**
   * Whether the belief is right.
   *
   * @param stored the revision that is stored; null for none
   */
  public boolean isMetBy(@Nullable String stored) {
    return switch (kind) {
      case ANY -> true;
      case ABSENT -> stored == null;
      case PRESENT -> stored != null;
      case EXACTLY -> stored != null && stored.equals(revision);
    };
  }
}
