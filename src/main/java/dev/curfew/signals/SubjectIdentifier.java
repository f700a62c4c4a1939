package dev.curfew.signals;

import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A subject as a receiver names it (RFC 9493), as far as it can be one of ours: the sessions of a
 * user, a session, or a session if it is that user's.
 *
 * @param user null for whoever
 * @param session the id of a session, or of the stream itself; null for every session
 */
public record SubjectIdentifier(@Nullable UserIdentifier user, @Nullable String session) {

  /** A user, by one of the formats of RFC 9493. */
  public sealed interface UserIdentifier {
    /** {@code iss_sub}. */
    record IssuerSubject(String issuer, String subject) implements UserIdentifier {}

    /** {@code email}. */
    record Email(String address) implements UserIdentifier {}
  }

  /** Every session of a user. */
  public static SubjectIdentifier of(UserIdentifier user) {
    return new SubjectIdentifier(user, null);
  }

  /** One session, whoever's it is. */
  public static SubjectIdentifier ofSession(String id) {
    return new SubjectIdentifier(null, id);
  }

  /** Whether this is the stream of that id, and not what is told over it. */
  boolean isStream(UUID id) {
    return user == null && id.toString().equals(session);
  }
}
