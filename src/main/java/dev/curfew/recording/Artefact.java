package dev.curfew.recording;

import dev.curfew.lease.ArtefactKind;
import dev.curfew.storage.DurableFile;
import dev.curfew.storage.Watch;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A finished file made of a recording.
 *
 * @param file where it lies on this machine
 * @param size in bytes
 */
public record Artefact(ArtefactKind kind, String contentType, Path file, long size, Sha256 sha256) {

  /** Measures a finished file and forces it to disk. Blocks. */
  static Artefact ofFile(ArtefactKind kind, Path file) throws IOException {
    return ofFile(kind, file, Watch.NONE);
  }

  /**
   * As {@link #ofFile(ArtefactKind, Path)}.
   *
   * @param watch is told what was read of it; what it throws ends the measuring
   */
  static Artefact ofFile(ArtefactKind kind, Path file, Watch watch) throws IOException {
    DurableFile.force(file);
    return new Artefact(
        kind, kind.contentType(), file, Files.size(file), Sha256.ofFile(file, watch));
  }
}
