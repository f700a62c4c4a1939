package dev.curfew.storage;

import com.hierynomus.security.AEADBlockCipher;
import com.hierynomus.security.SecurityException;
import com.hierynomus.security.bc.BCSecurityProvider;
import com.hierynomus.security.jce.JceSecurityProvider;

/**
 * What smbj signs and encrypts with: Java's own AES-GCM, which uses the processor's instructions
 * for it, and for the rest, which Java does not have, Bouncy Castle.
 */
final class SmbCiphers extends BCSecurityProvider {
  private static final String GCM = "AES/GCM/NoPadding";

  private final JceSecurityProvider own = new JceSecurityProvider();

  @Override
  public AEADBlockCipher getAEADBlockCipher(String name) {
    if (!name.equals(GCM)) {
      return super.getAEADBlockCipher(name);
    }
    try {
      return own.getAEADBlockCipher(name);
    } catch (SecurityException e) {
      throw new IllegalStateException("every Java platform has AES-GCM", e);
    }
  }
}
