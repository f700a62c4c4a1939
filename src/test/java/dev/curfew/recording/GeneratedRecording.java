package dev.curfew.recording;

import dev.curfew.lease.ChunkKind;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.util.Iterator;
import java.util.List;
import java.util.UUID;
import java.util.function.LongFunction;
import java.util.stream.LongStream;

/** A recording of any length that takes no memory: frames and keys evenly over its time. */
public final class GeneratedRecording implements RecordingSource {
  private static final long START = RecordingFixture.START;
  private static final Sha256 NO_LINK = Sha256.of(new byte[0]);

  private final UUID sessionId = UUID.randomUUID();
  private final long millis;
  private final long frames;
  private final long keystrokes;
  private final List<byte[]> pictures;
  private final List<Sha256> hashes;

  /**
   * @param pictures as PNG, shown by turns
   */
  public GeneratedRecording(long millis, long frames, long keystrokes, List<byte[]> pictures) {
    this.millis = millis;
    this.frames = frames;
    this.keystrokes = keystrokes;
    this.pictures = pictures;
    this.hashes = pictures.stream().map(Sha256::of).toList();
  }

  @Override
  public UUID sessionId() {
    return sessionId;
  }

  @Override
  public String title() {
    return "generated";
  }

  @Override
  public long startedAt() {
    return START;
  }

  @Override
  public long endedAt() {
    return START + millis;
  }

  @Override
  public Iterable<Chunk> chunks(ChunkKind kind) {
    return switch (kind) {
      case SCREENSHOT -> all(frames, this::frame);
      case KEYSTROKES -> all(keystrokes, this::keys);
      case CLIPBOARD, RAW -> List.of();
    };
  }

  private static Iterable<Chunk> all(long count, LongFunction<Chunk> chunk) {
    return () -> {
      Iterator<Chunk> chunks = LongStream.range(0, count).mapToObj(chunk).iterator();
      return chunks;
    };
  }

  private Chunk frame(long number) {
    int picture = (int) (number % pictures.size());
    return new Chunk(
        1 + number,
        ChunkKind.SCREENSHOT,
        START + millis * number / frames,
        pictures.get(picture).length,
        hashes.get(picture),
        NO_LINK,
        new ChunkContent.Stored("png"));
  }

  private Chunk keys(long number) {
    String key = number % 20 == 19 ? "Enter" : String.valueOf((char) ('a' + number % 26));
    return new Chunk(
        1 + frames + number,
        ChunkKind.KEYSTROKES,
        START + millis * number / keystrokes,
        key.length(),
        NO_LINK,
        NO_LINK,
        new ChunkContent.Inline(key));
  }

  @Override
  public InputStream open(Chunk chunk) {
    return new ByteArrayInputStream(pictures.get((int) ((chunk.sequence() - 1) % pictures.size())));
  }
}
