package dev.curfew.config;

import java.util.Base64;

/** A key of 32 bytes that stands in a file or variable of its own, never in the settings. */
public final class KeyReference {
  private final String reference;
  private final Secret key;

  /**
   * @param reference where: {@code file:PATH} or {@code env:NAME}
   * @param key what was found there, in base64
   */
  KeyReference(String reference, Secret key) {
    this.reference = reference;
    this.key = key;
  }

  /** The key itself. */
  public byte[] bytes() {
    return Base64.getDecoder().decode(key.reveal());
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof KeyReference that
        && reference.equals(that.reference)
        && key.equals(that.key);
  }

  @Override
  public int hashCode() {
    return reference.hashCode();
  }

  /** Where the key is. */
  @Override
  public String toString() {
    return reference;
  }
}
