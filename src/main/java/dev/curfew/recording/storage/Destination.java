package dev.curfew.recording.storage;

import java.io.InputStream;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.List;
import java.util.UUID;
import java.util.regex.Pattern;

/**
 * Where finished recordings are kept for good. Calls block and may come from several threads; every
 * one fails with {@link dev.curfew.fault.CurfewException} STORAGE_UNAVAILABLE when the destination
 * cannot be reached, takes no more, or does not hold what was sent, all of which are worth trying
 * again. Repeating a call is harmless at any time: what is there already is read back, not sent
 * twice.
 *
 * <p>A recording is uploaded by storing each of its files and then sealing it. Until it is sealed
 * it counts as unfinished, and nothing local may be deleted.
 */
public interface Destination {
  /** The name of the file that {@link #seal} writes. */
  String MANIFEST = "manifest.json";

  /**
   * A recording's place: {@code yyyy/mm/dd/<session>}.
   *
   * @param date the day, in UTC, that the session began
   */
  record Place(LocalDate date, UUID session) {

    /** Relative to the destination, with slashes. */
    public String path() {
      return "%04d/%02d/%02d/%s"
          .formatted(date.getYear(), date.getMonthValue(), date.getDayOfMonth(), session);
    }
  }

  /**
   * A local file to be stored.
   *
   * @param name what it is called at the destination: letters, digits, dots, hyphens and
   *     underscores
   * @param size its length in bytes
   * @param sha256 its digest in lower-case hex, as it was when the file was finished
   */
  record FinishedFile(Path file, String name, long size, String sha256) {
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,99}");
    private static final Pattern DIGEST = Pattern.compile("[0-9a-f]{64}");

    /**
     * @throws IllegalArgumentException for a name or digest of another form
     */
    public FinishedFile {
      if (!NAME.matcher(name).matches() || name.equals(MANIFEST)) {
        throw new IllegalArgumentException("not the name of a finished file: " + name);
      }
      if (size < 0 || !DIGEST.matcher(sha256).matches()) {
        throw new IllegalArgumentException("not a size and SHA-256 of " + name);
      }
    }
  }

  /**
   * A file at the destination, as it was read back from there.
   *
   * @param location where it is, for {@link #open}
   * @param size bytes
   * @param sha256 lower-case hex
   */
  record Stored(String name, String location, long size, String sha256) {}

  /** Told how far a file has come, every so often. What it throws ends the upload. */
  @FunctionalInterface
  interface Progress {
    /**
     * @param written bytes sent so far
     * @param readBack bytes read back so far; the file is stored when both are its size
     */
    void moved(long written, long readBack);
  }

  /**
   * Stores a file and reads it back. What was there under its name is replaced, if it differs.
   *
   * @throws dev.curfew.fault.CurfewException UNPROCESSABLE, field {@code sha256}, when the local
   *     file is not what its size and digest say; NOT_FOUND when there is no such local file
   */
  Stored store(Place place, FinishedFile file, Progress progress);

  /**
   * Writes the list of a recording's files and their digests, the last file of all, and clears away
   * what unfinished attempts left.
   *
   * @throws dev.curfew.fault.CurfewException STORAGE_UNAVAILABLE when one of the files is not there
   *     with its size
   */
  Stored seal(Place place, List<Stored> files);

  /**
   * The length in bytes of a stored file.
   *
   * @throws dev.curfew.fault.CurfewException NOT_FOUND
   */
  long size(String location);

  /**
   * A part of a stored file. The caller closes it. Reading from it may fail with an {@link
   * java.io.IOException}.
   *
   * @param offset bytes from the file's start
   * @param length bytes
   * @throws dev.curfew.fault.CurfewException NOT_FOUND
   * @throws IndexOutOfBoundsException when the part does not lie within the file
   */
  InputStream open(String location, long offset, long length);
}
