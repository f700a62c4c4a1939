package dev.curfew.recording.media;

import dev.curfew.replay.CapturedSession;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import javax.imageio.ImageIO;

/** A session whose items are given one by one; {@code at} counts from its start. */
final class SessionUnderTest implements RecordedSession {
  static final long START = 1_800_000_000_000L;

  private final UUID id = UUID.randomUUID();
  private final long startedAt;
  private final List<CapturedItem> items = new ArrayList<>();

  SessionUnderTest() {
    this(START);
  }

  private SessionUnderTest(long startedAt) {
    this.startedAt = startedAt;
  }

  /** The capture that comes with Curfew. */
  static SessionUnderTest of(CapturedSession capture) {
    SessionUnderTest session = new SessionUnderTest(capture.startedAt());
    long sequence = 1;
    for (CapturedSession.Frame frame : capture.frames()) {
      session.items.add(new CapturedItem.Frame(sequence++, frame.at(), frame::image));
    }
    capture
        .keystrokes()
        .forEach(key -> session.items.add(new CapturedItem.Keystrokes(key.at(), key.key())));
    capture
        .clipboard()
        .forEach(clip -> session.items.add(new CapturedItem.Clipboard(clip.at(), clip.text())));
    session.items.sort(Comparator.comparingLong(CapturedItem::capturedAt));
    return session;
  }

  SessionUnderTest frame(long at, ImageSource image) {
    items.add(new CapturedItem.Frame(items.size() + 1L, startedAt + at, image));
    return this;
  }

  SessionUnderTest frame(long at, byte[] image) {
    return frame(at, () -> image);
  }

  SessionUnderTest keys(long at, String text) {
    items.add(new CapturedItem.Keystrokes(startedAt + at, text));
    return this;
  }

  SessionUnderTest clipboard(long at, String text) {
    items.add(new CapturedItem.Clipboard(startedAt + at, text));
    return this;
  }

  /** An image of one colour with a white box in its middle. */
  static byte[] image(String format, int width, int height, Color colour) {
    BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
    Graphics2D graphics = image.createGraphics();
    graphics.setColor(colour);
    graphics.fillRect(0, 0, width, height);
    graphics.setColor(Color.WHITE);
    graphics.fillRect(width / 2 - width / 8, height / 2 - height / 8, width / 4, height / 4);
    graphics.dispose();
    return encoded(format, image);
  }

  static byte[] encoded(String format, BufferedImage image) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try {
      if (!ImageIO.write(image, format, out)) {
        throw new IllegalArgumentException(format);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return out.toByteArray();
  }

  @Override
  public UUID sessionId() {
    return id;
  }

  @Override
  public long startedAt() {
    return startedAt;
  }

  @Override
  public long endedAt() {
    return items.isEmpty() ? startedAt : items.get(items.size() - 1).capturedAt();
  }

  @Override
  public Stream<CapturedItem> items() {
    return items.stream();
  }
}
