package dev.curfew.directory;

import java.util.UUID;

/** Where secrets lie, as it is bound into their encryption. */
final class SecretPlaces {
  /** The known text that tells whether a node has the installation's key. */
  static final String INSTALLATION = "installation";

  private SecretPlaces() {}

  static String signingKey(String id) {
    return "signing-key/" + id;
  }

  static String credential(int id) {
    return "credential/" + id;
  }

  static String sessionToken(UUID sessionId) {
    return "session-token/" + sessionId;
  }
}
