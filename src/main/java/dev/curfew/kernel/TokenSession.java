package dev.curfew.kernel;

import dev.curfew.session.SecretDigest;
import dev.curfew.session.SessionRecord;
import org.jspecify.annotations.Nullable;

/**
 * A session that a token opens. A class of its own, so that the others stay as small as they are.
 */
final class TokenSession extends LiveSession {
  private final long first;
  private final long second;
  private final long third;
  private final long fourth;

  TokenSession(SessionRecord row, SecretDigest secret, ArmedTerms armed, @Nullable String owner) {
    super(row, armed, owner);
    this.first = secret.first();
    this.second = secret.second();
    this.third = secret.third();
    this.fourth = secret.fourth();
  }

  @Override
  SecretDigest secret() {
    return new SecretDigest(first, second, third, fourth);
  }

  @Override
  boolean opensTo(SecretDigest presented) {
    return presented.matches(secret());
  }
}
