package dev.curfew.recording.media;

import java.util.List;
import java.util.Optional;

/**
 * What an encoding made.
 *
 * @param artefacts captions and timeline always; video and thumbnail when there was a usable frame
 * @param frames screenshots in the video
 * @param skipped screenshots that could not be decoded, in order of capture
 * @param durationMillis from time zero (the first frame) to the last captured thing; the last frame
 *     is shown for at least {@link VideoWriter#SHORTEST_FRAME_MILLIS}
 */
public record EncodedRecording(
    List<Artefact> artefacts, long frames, List<SkippedFrame> skipped, long durationMillis) {

  public EncodedRecording {
    artefacts = List.copyOf(artefacts);
    skipped = List.copyOf(skipped);
  }

  /** The artefact of a kind, if it was made. */
  public Optional<Artefact> artefact(ArtefactKind kind) {
    return artefacts.stream().filter(artefact -> artefact.kind() == kind).findFirst();
  }
}
