package dev.curfew.recording.media;

import java.io.IOException;

/** The bytes of one screenshot, fetched when they are needed and not before. */
@FunctionalInterface
public interface ImageSource {

  /**
   * Reads the whole image.
   *
   * @throws IOException the store cannot be read now: the encoding is given up
   * @throws dev.curfew.fault.CurfewException with {@link dev.curfew.fault.ErrorCode#UNPROCESSABLE}:
   *     this image is damaged or gone for good and is skipped; with any other code the encoding is
   *     given up
   */
  byte[] read() throws IOException;
}
