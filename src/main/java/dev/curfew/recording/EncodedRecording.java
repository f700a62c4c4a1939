package dev.curfew.recording;

import dev.curfew.lease.ArtefactKind;
import java.util.List;
import java.util.Optional;

/**
 * What the encoder made of a recording.
 *
 * @param artefacts in the order of {@link ArtefactKind}; without a usable frame there is neither
 *     video nor thumbnail, without raw chunks no raw file, and only of a terminal's an asciicast
 * @param durationMillis from the first frame to the last thing captured
 * @param frames how many pictures the video shows
 * @param skipped how many chunks were left out or, raw ones, kept although they do not match their
 *     hash
 * @param damaged the first hundred of them; the timeline has all
 */
public record EncodedRecording(
    List<Artefact> artefacts,
    long durationMillis,
    int frames,
    int skipped,
    List<DamagedChunk> damaged) {

  public EncodedRecording {
    artefacts = List.copyOf(artefacts);
    damaged = List.copyOf(damaged);
  }

  public Optional<Artefact> artefact(ArtefactKind kind) {
    return artefacts.stream().filter(artefact -> artefact.kind() == kind).findFirst();
  }
}
