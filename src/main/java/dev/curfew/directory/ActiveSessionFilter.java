package dev.curfew.directory;

import dev.curfew.session.SessionKind;
import java.util.EnumSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Which sessions that are not over. Nulls do not narrow it.
 *
 * @param kinds which kinds; {@link #PRIVILEGED} where the caller names none
 * @param user in any form
 * @param q part of the user's names, or of the name or id of device or resource
 * @param realm a realm's name
 */
public record ActiveSessionFilter(
    Set<SessionKind> kinds, @Nullable String user, @Nullable String q, @Nullable String realm) {
  /** All kinds but the plain session token, which gives nobody any privilege. */
  public static final Set<SessionKind> PRIVILEGED =
      EnumSet.complementOf(EnumSet.of(SessionKind.TOKEN));

  public ActiveSessionFilter {
    kinds = Set.copyOf(kinds);
  }
}
