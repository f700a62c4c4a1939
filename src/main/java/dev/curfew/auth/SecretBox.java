package dev.curfew.auth;

import com.google.crypto.tink.AccessesPartialKey;
import com.google.crypto.tink.Aead;
import com.google.crypto.tink.InsecureSecretKeyAccess;
import com.google.crypto.tink.KeysetHandle;
import com.google.crypto.tink.RegistryConfiguration;
import com.google.crypto.tink.aead.AeadConfig;
import com.google.crypto.tink.aead.AesGcmKey;
import com.google.crypto.tink.aead.AesGcmParameters;
import com.google.crypto.tink.subtle.Hkdf;
import com.google.crypto.tink.util.SecretBytes;
import dev.curfew.config.Secret;
import dev.curfew.fault.CurfewException;
import dev.curfew.fault.ErrorCode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.Optional;

/**
 * Keeps the secrets that must be had in clear again (credentials, later webhook secrets) encrypted
 * under the installation's key: AES-256-GCM with the place of the secret as associated data, so
 * that one moved to another row is found out.
 */
public final class SecretBox {
  private static final int KEY_BYTES = 32;
  private static final String KEY_FILE = "secrets.key";

  private final Aead aead;
  private final byte[] key;

  private SecretBox(Aead aead, byte[] key) {
    this.aead = aead;
    this.key = key.clone();
  }

  /**
   * 32 bytes that follow from the installation's key, for one purpose only: who has them has
   * neither the key nor those of another purpose (HKDF, RFC 5869).
   */
  byte[] derivedKey(String purpose) {
    try {
      return Hkdf.computeHkdf(
          "HmacSha256", key, new byte[0], purpose.getBytes(StandardCharsets.UTF_8), KEY_BYTES);
    } catch (GeneralSecurityException e) {
      throw CurfewException.causedBy(ErrorCode.INTERNAL, "No key can be derived", e);
    }
  }

  /**
   * The box of this installation.
   *
   * @param configured base64 of 32 bytes; without it, a key that is generated once and kept in the
   *     data directory, readable by its owner only
   * @throws CurfewException BAD_CONFIGURATION when there is no usable key
   */
  public static SecretBox open(Optional<Secret> configured, Path dataDirectory) {
    return configured.isPresent()
        ? of(decoded(configured.get().reveal(), "secrets.key"))
        : of(kept(dataDirectory.resolve(KEY_FILE)));
  }

  /**
   * @param key 32 bytes
   */
  @AccessesPartialKey
  public static SecretBox of(byte[] key) {
    try {
      AeadConfig.register();
      AesGcmKey gcm =
          AesGcmKey.builder()
              .setParameters(
                  AesGcmParameters.builder()
                      .setKeySizeBytes(KEY_BYTES)
                      .setIvSizeBytes(12)
                      .setTagSizeBytes(16)
                      .setVariant(AesGcmParameters.Variant.TINK)
                      .build())
              .setKeyBytes(SecretBytes.copyFrom(key, InsecureSecretKeyAccess.get()))
              .setIdRequirement(1)
              .build();
      KeysetHandle keyset =
          KeysetHandle.newBuilder().addEntry(KeysetHandle.importKey(gcm).makePrimary()).build();
      return new SecretBox(keyset.getPrimitive(RegistryConfiguration.get(), Aead.class), key);
    } catch (GeneralSecurityException e) {
      throw CurfewException.causedBy(
          ErrorCode.BAD_CONFIGURATION, "The key of the installation's secrets cannot be used", e);
    }
  }

  /**
   * @param place what the secret belongs to; to be named again when it is taken out
   */
  public SealedSecret seal(Secret secret, String place) {
    try {
      return SealedSecret.of(
          aead.encrypt(
              secret.reveal().getBytes(StandardCharsets.UTF_8),
              place.getBytes(StandardCharsets.UTF_8)));
    } catch (GeneralSecurityException e) {
      throw CurfewException.causedBy(ErrorCode.INTERNAL, "The secret cannot be encrypted", e);
    }
  }

  /**
   * @throws CurfewException INTERNAL when the content is not what was sealed for this place under
   *     this installation's key
   */
  public Secret unseal(SealedSecret sealed, String place) {
    try {
      return Secret.of(
          new String(
              aead.decrypt(sealed.bytes(), place.getBytes(StandardCharsets.UTF_8)),
              StandardCharsets.UTF_8));
    } catch (GeneralSecurityException e) {
      throw CurfewException.causedBy(
          ErrorCode.INTERNAL,
          "A secret cannot be decrypted: it was stored under another secrets.key, or altered",
          e);
    }
  }

  private static byte[] kept(Path file) {
    try {
      if (!Files.exists(file)) {
        generate(file);
      }
      return decoded(Files.readString(file, StandardCharsets.US_ASCII).strip(), file.toString());
    } catch (IOException e) {
      throw CurfewException.causedBy(
          ErrorCode.BAD_CONFIGURATION, "The key file " + file + " cannot be used", e);
    }
  }

  /** Written whole under another name first, so that no half of a key is ever found. */
  private static void generate(Path file) throws IOException {
    byte[] key = new byte[KEY_BYTES];
    new SecureRandom().nextBytes(key);
    Path directory = Files.createDirectories(file.toAbsolutePath().normalize().getParent());
    Path draft =
        Files.createTempFile(
            directory,
            KEY_FILE,
            ".new",
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    try {
      Files.writeString(
          draft,
          Base64.getEncoder().encodeToString(key) + "\n",
          StandardCharsets.US_ASCII,
          StandardOpenOption.WRITE,
          StandardOpenOption.SYNC);
      Files.createLink(file, draft);
    } catch (FileAlreadyExistsException alreadyThere) {
      // Somebody else generated one in between: that one holds.
      return;
    } finally {
      Files.deleteIfExists(draft);
    }
  }

  private static byte[] decoded(String text, String source) {
    try {
      byte[] key = Base64.getDecoder().decode(text);
      if (key.length == KEY_BYTES) {
        return key;
      }
    } catch (IllegalArgumentException notBase64) {
      throw badKey(source);
    }
    throw badKey(source);
  }

  private static CurfewException badKey(String source) {
    return CurfewException.of(
        ErrorCode.BAD_CONFIGURATION, source + " must be base64 of " + KEY_BYTES + " bytes");
  }
}
