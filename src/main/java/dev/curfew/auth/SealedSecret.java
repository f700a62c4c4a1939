package dev.curfew.auth;

/** A secret as it is stored: encrypted by a {@link SecretBox}. */
public final class SealedSecret {
  private final byte[] bytes;

  private SealedSecret(byte[] bytes) {
    this.bytes = bytes;
  }

  public static SealedSecret of(byte[] bytes) {
    return new SealedSecret(bytes.clone());
  }

  public byte[] bytes() {
    return bytes.clone();
  }

  @Override
  public String toString() {
    return "sealed";
  }
}
