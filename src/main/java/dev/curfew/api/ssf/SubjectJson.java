package dev.curfew.api.ssf;

import dev.curfew.api.Fields;
import dev.curfew.fault.CurfewException;
import dev.curfew.signals.SubjectIdentifier;
import dev.curfew.signals.SubjectIdentifier.UserIdentifier;
import org.jspecify.annotations.Nullable;

/**
 * Subject identifiers (RFC 9493, and Shared Signals Framework 1.0, section 3). Members of a complex
 * subject that no event of ours has fit every event, so they are passed over (section 8.1.3.1); but
 * one that has neither user nor session would be everybody.
 */
final class SubjectJson {
  private static final int LONGEST = 2_048;

  private SubjectJson() {}

  /** The field {@code subject}. */
  static SubjectIdentifier of(Fields body) {
    if (!body.has("subject")) {
      throw CurfewException.invalid("subject", "is required");
    }
    Fields subject = body.object("subject");
    String format = subject.text("format", 64);
    if (format.equals("complex")) {
      return complex(subject);
    }
    if (format.equals("opaque")) {
      return SubjectIdentifier.ofSession(subject.text("id", LONGEST));
    }
    UserIdentifier user = user(subject, format);
    if (user == null) {
      throw CurfewException.invalid(
          "subject.format", "must be one of complex, iss_sub, email, opaque");
    }
    return SubjectIdentifier.of(user);
  }

  private static SubjectIdentifier complex(Fields subject) {
    UserIdentifier user = null;
    if (subject.has("user")) {
      Fields named = subject.object("user");
      user = user(named, named.text("format", 64));
      if (user == null) {
        throw CurfewException.invalid("subject.user.format", "must be one of iss_sub, email");
      }
    }
    String session = null;
    if (subject.has("session")) {
      Fields named = subject.object("session");
      if (!named.text("format", 64).equals("opaque")) {
        throw CurfewException.invalid("subject.session.format", "must be opaque");
      }
      session = named.text("id", LONGEST);
    }
    if (user == null && session == null) {
      throw CurfewException.invalid("subject", "must have a user or a session");
    }
    return new SubjectIdentifier(user, session);
  }

  private static @Nullable UserIdentifier user(Fields subject, String format) {
    return switch (format) {
      case "iss_sub" ->
          new UserIdentifier.IssuerSubject(
              subject.text("iss", LONGEST), subject.text("sub", LONGEST));
      case "email" -> new UserIdentifier.Email(subject.text("email", 320));
      default -> null;
    };
  }
}
