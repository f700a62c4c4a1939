package dev.curfew.auth;

import dev.curfew.session.SecretDigest;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.security.DigestException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/**
 * SHA-256 of a credential with enough entropy of its own; what is stored and looked up instead of
 * it. Made for the path of every request: one digest and one buffer a thread.
 */
public final class TokenHash {
  private static final int LENGTH = 32;
  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);
  private static final ThreadLocal<Workspace> WORKSPACE = ThreadLocal.withInitial(Workspace::new);

  private static final class Workspace {
    final MessageDigest digest = sha256();
    final byte[] hash = new byte[LENGTH];
  }

  private final long first;
  private final long second;
  private final long third;
  private final long fourth;

  private TokenHash(byte[] hash) {
    first = (long) LONG.get(hash, 0);
    second = (long) LONG.get(hash, 8);
    third = (long) LONG.get(hash, 16);
    fourth = (long) LONG.get(hash, 24);
  }

  public static TokenHash of(String token) {
    Workspace workspace = WORKSPACE.get();
    workspace.digest.update(token.getBytes(StandardCharsets.UTF_8));
    try {
      workspace.digest.digest(workspace.hash, 0, LENGTH);
    } catch (DigestException e) {
      throw new IllegalStateException(e);
    }
    return new TokenHash(workspace.hash);
  }

  /** As it is stored. */
  public byte[] bytes() {
    byte[] bytes = new byte[LENGTH];
    LONG.set(bytes, 0, first);
    LONG.set(bytes, 8, second);
    LONG.set(bytes, 16, third);
    LONG.set(bytes, 24, fourth);
    return bytes;
  }

  /** Whether this was stored, found out in a time that does not depend on how much is alike. */
  public boolean matches(byte[] stored) {
    return MessageDigest.isEqual(bytes(), stored);
  }

  /** As the shards of sessions compare it. */
  public SecretDigest digest() {
    return new SecretDigest(first, second, third, fourth);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof TokenHash that
        && first == that.first
        && second == that.second
        && third == that.third
        && fourth == that.fourth;
  }

  @Override
  public int hashCode() {
    return Long.hashCode(first);
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
