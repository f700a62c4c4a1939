package dev.curfew.recording;

import dev.curfew.lease.ArtefactKind;
import dev.curfew.lease.RecordingStage;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What came of holding a recording against all that is noted of it.
 *
 * @param stage the recording's when it was verified
 * @param lines of the manifest that were verified, up to the bad part if there is one
 * @param contents of how many chunks were read and found to be what was captured
 * @param deleted of how many chunks the contents are not kept any more
 * @param link the manifest's end, in lower-case hex; kept elsewhere, it proves later that nothing
 *     was cut off. Empty without a chunk
 * @param artefacts those that were read and found to be what was made
 * @param deliveryManifest whether {@code manifest.json} at the destination says the same of them
 * @param unchecked what could not be verified and why, a sentence each
 * @param bad the first part that is missing or altered; null when all is intact
 */
public record Verification(
    UUID sessionId,
    RecordingStage stage,
    long lines,
    long contents,
    long deleted,
    String link,
    List<VerifiedArtefact> artefacts,
    boolean deliveryManifest,
    List<String> unchecked,
    @Nullable BadPart bad)
    implements Verifying {

  public Verification {
    artefacts = List.copyOf(artefacts);
    unchecked = List.copyOf(unchecked);
  }

  /** Whether nothing that could be verified is missing or altered. */
  public boolean intact() {
    return bad == null;
  }

  /**
   * A good artefact.
   *
   * @param delivered whether it was read at the destination; otherwise on the stage
   * @param size of the plain content in bytes
   * @param sha256 of the plain content, in lower-case hex
   * @param encryptionKey id of the key under which it is stored; null for plain
   */
  public record VerifiedArtefact(
      ArtefactKind kind,
      boolean delivered,
      long size,
      String sha256,
      @Nullable String encryptionKey) {}

  /**
   * A part that is missing or altered.
   *
   * @param part such as {@code chunk 17}, {@code video} or {@code manifest.json}
   * @param reason completes the sentence that begins with the part
   */
  public record BadPart(String part, String reason) {
    @Override
    public String toString() {
      return part + " " + reason;
    }
  }
}
