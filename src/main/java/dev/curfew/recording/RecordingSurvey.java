package dev.curfew.recording;

import dev.curfew.lease.ChunkKind;
import dev.curfew.recording.ImageStructure.NotAnImage;

/**
 * What must be known of a recording before its first frame can be encoded.
 *
 * @param frames how many screenshots are listed
 * @param keystrokes how many chunks of them
 * @param clipboard how many copies
 * @param lastCapturedAt of frames, keystrokes and clipboard, in milliseconds since the epoch
 * @param firstCapturedAt likewise; both are the session's start when nothing was captured
 * @param frameWidth of the largest screenshot by area, 0 without one
 */
record RecordingSurvey(
    int frames,
    int keystrokes,
    int clipboard,
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
    Span span = new Span();
    int frames = 0;
    int width = 0;
    int height = 0;
    for (Chunk chunk : source.chunks(ChunkKind.SCREENSHOT)) {
      span.add(chunk);
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
    int keystrokes = span.count(source, ChunkKind.KEYSTROKES);
    int clipboard = span.count(source, ChunkKind.CLIPBOARD);
    boolean raw = source.chunks(ChunkKind.RAW).iterator().hasNext();
    boolean empty = frames + keystrokes + clipboard == 0;
    return new RecordingSurvey(
        frames,
        keystrokes,
        clipboard,
        empty ? source.startedAt() : span.first,
        empty ? source.startedAt() : span.last,
        width,
        height,
        raw);
  }

  private static final class Span {
    private long first = Long.MAX_VALUE;
    private long last = Long.MIN_VALUE;

    void add(Chunk chunk) {
      first = Math.min(first, chunk.capturedAt());
      last = Math.max(last, chunk.capturedAt());
    }

    int count(RecordingSource source, ChunkKind kind) {
      int count = 0;
      for (Chunk chunk : source.chunks(kind)) {
        add(chunk);
        count++;
      }
      return count;
    }
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
