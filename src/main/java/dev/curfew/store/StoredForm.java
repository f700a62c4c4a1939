package dev.curfew.store;

import org.jspecify.annotations.Nullable;

/**
 * What of an artefact lies in the object stores, byte for byte the same on the stage and at the
 * destination.
 *
 * @param encryptionKey id of the key under which it is encrypted; null when it is the plain content
 * @param size in bytes
 * @param sha256 in lower-case hex
 */
public record StoredForm(@Nullable String encryptionKey, long size, String sha256) {

  /** Content that is stored as it is. */
  public static StoredForm plain(long size, String sha256) {
    return new StoredForm(null, size, sha256);
  }
}
