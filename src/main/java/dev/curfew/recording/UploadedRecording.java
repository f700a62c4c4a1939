package dev.curfew.recording;

import dev.curfew.lease.ArtefactKind;
import java.util.List;

/**
 * A recording that is at its destination, read back and found to be what was sent.
 *
 * @param destination the address of its folder, a URI
 * @param files the artefacts in the order of the manifest file, without that file itself
 * @param manifestSha256 of {@code manifest.json}, which lists the checksums of all others
 */
public record UploadedRecording(String destination, List<File> files, Sha256 manifestSha256) {

  public UploadedRecording {
    files = List.copyOf(files);
  }

  /**
   * One delivered file.
   *
   * @param name at the destination
   * @param size in bytes, as stored and read back
   * @param sha256 as stored and read back
   */
  public record File(ArtefactKind kind, String name, long size, Sha256 sha256) {}
}
