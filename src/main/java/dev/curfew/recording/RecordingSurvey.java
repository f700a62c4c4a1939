package dev.curfew.recording;

import dev.curfew.lease.ChunkKind;
import dev.curfew.recording.ImageStructure.NotAnImage;

/**
 * What must be known of a recording before its first frame can be encoded.
 *
 * @param frames how many screenshots are listed
 * @param lastCapturedAt of frames, keystrokes and clipboard, in milliseconds since the epoch
 * @param firstCapturedAt likewise; both are the session's start when nothing was captured
 * @param frameWidth of the largest screenshot by area, 0 without one
 */
record RecordingSurvey(
    int frames,
    long firstCapturedAt,
    long lastCapturedAt,
    int frameWidth,
    int frameHeight,
    boolean hasRaw) {

  /** Enough for the header of nearly every picture; JPEG may put metadata in front of it. */
  private static final int HEADER_LENGTH = 64 * 1024;

  /** Goes through the manifest once and reads the beginning of every screenshot. */
  static RecordingSurvey of(RecordingSource source, long maxPixels) {
    ChunkReader reader = new ChunkReader(source);
    int frames = 0;
    long first = Long.MAX_VALUE;
    long last = Long.MIN_VALUE;
    int width = 0;
    int height = 0;
    boolean raw = false;
    for (Chunk chunk : source.chunks()) {
      if (chunk.kind() == ChunkKind.RAW) {
        raw = true;
        continue;
      }
      first = Math.min(first, chunk.capturedAt());
      last = Math.max(last, chunk.capturedAt());
      if (chunk.kind() == ChunkKind.SCREENSHOT) {
        frames++;
        try {
          ImageStructure header = header(reader, chunk);
          if (header.pixels() <= maxPixels && header.pixels() > (long) width * height) {
            width = header.width();
            height = header.height();
          }
        } catch (NotAnImage | ChunkReader.Damaged e) {
          // Told when its turn comes to be encoded; it has no say in the size.
        }
      }
    }
    if (last == Long.MIN_VALUE) {
      first = source.startedAt();
      last = source.startedAt();
    }
    return new RecordingSurvey(frames, first, last, width, height, raw);
  }

  private static ImageStructure header(ChunkReader reader, Chunk chunk)
      throws NotAnImage, ChunkReader.Damaged {
    byte[] beginning = reader.beginning(chunk, HEADER_LENGTH);
    try {
      return ImageStructure.header(beginning);
    } catch (NotAnImage e) {
      if (beginning.length < HEADER_LENGTH) {
        throw e;
      }
      return ImageStructure.header(reader.read(chunk));
    }
  }
}
