package dev.curfew.config;

/** How S3 encrypts what it stores. */
public enum S3Encryption {
  /** As the bucket is set up. */
  NONE("none"),
  /** With keys of S3. */
  AES256("AES256"),
  /** With a key of the key management service. */
  KMS("aws:kms");

  private final String wireName;

  S3Encryption(String wireName) {
    this.wireName = wireName;
  }

  /** As it is written in the file and on the wire. */
  @Override
  public String toString() {
    return wireName;
  }
}
