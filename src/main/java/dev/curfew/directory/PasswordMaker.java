package dev.curfew.directory;

import dev.curfew.config.Secret;
import java.security.SecureRandom;

/**
 * Makes passwords for rotated credentials: letters and digits that are not mistaken for each other,
 * about 140 bits in all.
 */
final class PasswordMaker {
  private static final String ALPHABET = "abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789";
  private static final int LENGTH = 24;
  private static final SecureRandom RANDOM = new SecureRandom();

  private PasswordMaker() {}

  static Secret password() {
    StringBuilder password = new StringBuilder(LENGTH);
    for (int i = 0; i < LENGTH; i++) {
      password.append(ALPHABET.charAt(RANDOM.nextInt(ALPHABET.length())));
    }
    return Secret.of(password.toString());
  }
}
