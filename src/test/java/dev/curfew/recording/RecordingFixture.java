package dev.curfew.recording;

import dev.curfew.lease.ChunkKind;
import dev.curfew.replay.CaptureReader;
import dev.curfew.replay.CapturedEvent;
import dev.curfew.replay.CapturedEvent.ClipboardCopy;
import dev.curfew.replay.CapturedEvent.Frame;
import dev.curfew.replay.CapturedEvent.Keystroke;
import dev.curfew.replay.CapturedSession;
import dev.curfew.storage.FolderStore;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Collectors;
import javax.imageio.ImageIO;

/** A recording as a gateway would have made it, in a real folder store. */
final class RecordingFixture {
  static final long START = 1_800_000_000_000L;

  private static final int PAGE = 3;

  final UUID sessionId = UUID.randomUUID();
  final ChunkStore store;
  private final List<Chunk> chunks = new ArrayList<>();
  private Sha256 link = ChunkManifest.genesis(sessionId);

  RecordingFixture(Path folder) {
    store = new ChunkStore(new FolderStore(folder), RecordingCipher.none());
  }

  /** The capture that comes with the program, chunk by chunk. */
  static StoredRecording ofCapture(Path folder, CaptureReader reader) {
    CapturedSession session = reader.read();
    RecordingFixture fixture = new RecordingFixture(folder);
    for (CapturedEvent event : session.events()) {
      if (event instanceof Frame frame) {
        fixture.object(ChunkKind.SCREENSHOT, frame.at(), reader.image(frame), "png");
      } else if (event instanceof Keystroke key) {
        fixture.keys(key.at(), key.key());
      } else if (event instanceof ClipboardCopy copy) {
        fixture.clipboard(copy.at(), copy.text());
      }
    }
    return fixture.recording(session.title(), session.startedAt(), session.endedAt());
  }

  Chunk object(ChunkKind kind, long at, byte[] content, String extension) {
    Sha256 sha256 = Sha256.of(content);
    Chunk chunk =
        ChunkManifest.next(
            link,
            chunks.size() + 1,
            kind,
            at,
            content.length,
            sha256,
            new ChunkContent.Stored(extension));
    store.put(chunk.key(sessionId), content);
    return add(chunk);
  }

  /** A screenshot in one colour with a border of another. */
  Chunk frame(long at, int width, int height, Color color) {
    return object(ChunkKind.SCREENSHOT, at, picture(width, height, color, "png"), "png");
  }

  Chunk keys(long at, String keys) {
    return add(ChunkManifest.next(link, chunks.size() + 1, ChunkKind.KEYSTROKES, at, keys));
  }

  Chunk clipboard(long at, String text) {
    return add(ChunkManifest.next(link, chunks.size() + 1, ChunkKind.CLIPBOARD, at, text));
  }

  private Chunk add(Chunk chunk) {
    link = chunk.link();
    chunks.add(chunk);
    return chunk;
  }

  List<Chunk> chunks() {
    return List.copyOf(chunks);
  }

  StoredRecording recording() {
    return recording("fixture", START, START + 60_000);
  }

  private StoredRecording recording(String title, long startedAt, long endedAt) {
    return new StoredRecording(
        sessionId,
        title,
        startedAt,
        endedAt,
        EnumSet.allOf(ChunkKind.class),
        RecordingFixture.pages(List.copyOf(chunks)),
        store);
  }

  /** A manifest given out in small pages. */
  private static StoredRecording.Pages pages(List<Chunk> chunks) {
    Map<ChunkKind, List<Chunk>> byKind =
        chunks.stream().collect(Collectors.groupingBy(Chunk::kind));
    byKind.forEach(
        (kind, ofKind) -> {
          if (kind != ChunkKind.RAW) {
            ofKind.sort(CaptureOrder.ORDER);
          }
        });
    return (kind, last) -> {
      List<Chunk> ofKind = byKind.getOrDefault(kind, List.of());
      int from = last == null ? 0 : ofKind.indexOf(last) + 1;
      return ofKind.subList(from, Math.min(ofKind.size(), from + PAGE));
    };
  }

  static byte[] picture(int width, int height, Color color, String format) {
    BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
    Graphics2D graphics = image.createGraphics();
    graphics.setColor(color);
    graphics.fillRect(0, 0, width, height);
    graphics.setColor(color.darker());
    graphics.drawRect(2, 2, width - 5, height - 5);
    graphics.dispose();
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try {
      ImageIO.write(image, format, out);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return out.toByteArray();
  }
}
