package dev.curfew.recording.media;

import dev.curfew.fault.CurfewException;
import dev.curfew.fault.ErrorCode;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * A finished file.
 *
 * @param size in bytes
 * @param sha256 of the file's bytes, lower-case hexadecimal
 */
public record Artefact(ArtefactKind kind, Path file, String contentType, long size, String sha256) {

  static Artefact of(ArtefactKind kind, Path file) throws IOException {
    MessageDigest digest = newDigest();
    long size;
    try (InputStream in = new DigestInputStream(Files.newInputStream(file), digest)) {
      size = in.transferTo(OutputStream.nullOutputStream());
    }
    return new Artefact(
        kind, file, kind.contentType(), size, HexFormat.of().formatHex(digest.digest()));
  }

  private static MessageDigest newDigest() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw CurfewException.causedBy(ErrorCode.INTERNAL, "this JDK has no SHA-256", e);
    }
  }
}
