package dev.curfew.recording;

import dev.curfew.fault.CurfewException;
import dev.curfew.fault.ErrorCode;
import dev.curfew.lease.ArtefactKind;
import dev.curfew.lease.ChunkKind;
import dev.curfew.lease.RecordingStage;
import dev.curfew.recording.Verification.VerifiedArtefact;
import dev.curfew.storage.ObjectName;
import dev.curfew.store.ArtefactRow;
import dev.curfew.store.RecordingRow;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * Reads what was made of a recording, on the stage or at the destination, and holds it against size
 * and SHA-256: of the bytes that are stored and, where they are encrypted, of their plain content
 * too. Everything here blocks; a store that cannot be read now is STORAGE_UNAVAILABLE.
 */
final class ArtefactVerification {
  private static final int READ_SIZE = 256 * 1024;
  private static final int LONGEST_MANIFEST = 1 << 20;

  private final RecordingSurroundings around;
  private final RecordingRow recording;

  ArtefactVerification(RecordingSurroundings around, RecordingRow recording) {
    this.around = around;
    this.recording = recording;
  }

  private boolean delivered(ArtefactRow artefact) {
    return recording.stage() == RecordingStage.DONE_UPLOADED && artefact.destination() != null;
  }

  /** Chunks whose contents were deleted must live on in an artefact that was delivered. */
  void requireInPlaceOf(Set<ChunkKind> deleted) throws BadPartFound {
    for (ChunkKind kind : deleted) {
      ArtefactKind made =
          switch (kind) {
            case SCREENSHOT -> ArtefactKind.VIDEO;
            case KEYSTROKES, CLIPBOARD -> ArtefactKind.TIMELINE;
            case RAW -> ArtefactKind.RAW;
          };
      if (recording.artefacts().stream()
          .noneMatch(row -> row.kind() == made && row.destination() != null)) {
        throw new BadPartFound(
            made.wireName(),
            "is missing, and stands for chunks that were deleted after the upload");
      }
    }
  }

  VerifiedArtefact verify(ArtefactRow artefact) throws BadPartFound, IOException {
    String name = artefact.kind().wireName();
    boolean delivered = delivered(artefact);
    String where = delivered ? "at the destination" : "on the stage";
    String key = artefact.stored().encryptionKey();
    Measured stored;
    Measured plain;
    try (InputStream object = around.place(recording, artefact).open(0, Long.MAX_VALUE)) {
      stored = new Measured(object);
      if (key == null) {
        plain = stored;
      } else {
        plain =
            new Measured(
                around.cipher.decrypt(
                    key,
                    ArtefactStage.associatedData(recording.sessionId(), artefact.kind()),
                    stored));
      }
      plain.drain();
    } catch (CurfewException e) {
      if (e.code() == ErrorCode.NOT_FOUND) {
        throw new BadPartFound(name, "is missing " + where);
      }
      if (e.code() == ErrorCode.STORAGE_CORRUPT) {
        throw new BadPartFound(name, "was altered, cut off or exchanged " + where);
      }
      throw e;
    }
    requireSame(stored, artefact.stored().size(), artefact.stored().sha256(), name, where);
    if (key != null) {
      requireSame(plain, artefact.size(), artefact.sha256(), name, where + ", decrypted,");
    }
    return new VerifiedArtefact(
        artefact.kind(), delivered, artefact.size(), artefact.sha256(), key);
  }

  private static void requireSame(
      Measured actual, long size, String sha256, String name, String where) throws BadPartFound {
    String actualSha256 = actual.sha256().hex();
    if (actual.size != size || !actualSha256.equals(sha256)) {
      throw new BadPartFound(
          name,
          "%s has %d bytes and SHA-256 %s, noted are %d and %s"
              .formatted(where, actual.size, actualSha256, size, sha256));
    }
  }

  /**
   * Whether the file at the destination says the same of the delivered artefacts.
   *
   * @return false when nothing was delivered by Curfew
   */
  boolean verifyDeliveryManifest() throws BadPartFound, IOException {
    List<ArtefactRow> delivered = recording.artefacts().stream().filter(this::delivered).toList();
    if (delivered.isEmpty()) {
      return false;
    }
    String artefact = String.valueOf(delivered.get(0).destination());
    String folder = artefact.substring(0, artefact.length() - ObjectName.last(artefact).length());
    DeliveryManifest found = read(folder + DeliveryManifest.FILE_NAME);
    if (!found.sessionId().equals(recording.sessionId())) {
      throw badManifest("is that of another recording");
    }
    List<DeliveryManifest.Entry> expected = new ArrayList<>();
    delivered.forEach(row -> expected.add(DeliveryManifest.Entry.of(row)));
    for (DeliveryManifest.Entry entry : found.artefacts()) {
      if (!expected.remove(entry)) {
        if (recording.artefacts().stream().noneMatch(row -> row.kind() == entry.kind())) {
          throw new BadPartFound(
              entry.kind().wireName(),
              "is missing from the recording; manifest.json at the destination lists it");
        }
        throw badManifest(
            "says of " + entry.kind().fileName() + " something else than the recording");
      }
    }
    if (!expected.isEmpty()) {
      throw badManifest("does not list " + expected.get(0).kind().fileName());
    }
    return true;
  }

  private DeliveryManifest read(String name) throws BadPartFound, IOException {
    try (InputStream in = around.destination.open(name, 0, LONGEST_MANIFEST)) {
      return DeliveryManifest.parse(in.readAllBytes())
          .orElseThrow(() -> badManifest("is not what was written there"));
    } catch (CurfewException e) {
      if (e.code() == ErrorCode.NOT_FOUND) {
        throw badManifest("is missing at the destination");
      }
      throw e;
    }
  }

  private static BadPartFound badManifest(String reason) {
    return new BadPartFound(DeliveryManifest.FILE_NAME, reason);
  }

  /** Counts and hashes what is read; closing is its opener's. */
  private static final class Measured extends FilterInputStream {
    private final MessageDigest digest = Sha256.digest();
    private long size;

    Measured(InputStream in) {
      super(in);
    }

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] buffer, int offset, int length) throws IOException {
      int count = in.read(buffer, offset, length);
      if (count > 0) {
        digest.update(buffer, offset, count);
        size += count;
      }
      return count;
    }

    void drain() throws IOException {
      byte[] buffer = new byte[READ_SIZE];
      int count = read(buffer, 0, buffer.length);
      while (count >= 0) {
        count = read(buffer, 0, buffer.length);
      }
    }

    /** Of all that was read; may be asked once. */
    Sha256 sha256() {
      return Sha256.from(digest);
    }
  }
}
