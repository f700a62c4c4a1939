package dev.curfew.recording.media;

import java.awt.image.BufferedImage;
import java.nio.file.Path;
import org.bytedeco.ffmpeg.avcodec.AVPacket;
import org.bytedeco.ffmpeg.global.avcodec;

/**
 * The video: each picture begins at its own millisecond and stays until the next. A packet waits
 * until the time of its successor is known, since MP4 wants to know how long each picture stays.
 * One thread uses it; {@link #close} follows whatever happened and frees everything native.
 */
final class VideoWriter implements AutoCloseable {
  /** The last picture is shown at least this long, so that players show it at all. */
  static final long SHORTEST_FRAME_MILLIS = 40;

  private final NativeResources resources = new NativeResources();
  private final Canvas canvas;
  private final H264Encoder encoder;
  private final Mp4File file;
  private AVPacket fresh;
  private AVPacket waiting;
  private long frames;
  private long lastMillis;

  /**
   * Creates the file.
   *
   * @throws dev.curfew.fault.CurfewException {@link dev.curfew.fault.ErrorCode#STORAGE_UNAVAILABLE}
   *     if it cannot be written, {@link dev.curfew.fault.ErrorCode#INTERNAL} if the encoder refuses
   */
  VideoWriter(Path path, Canvas canvas) {
    this.canvas = canvas;
    this.encoder = new H264Encoder(canvas.width(), canvas.height());
    try {
      fresh = packet();
      waiting = packet();
      file = new Mp4File(path, encoder.context());
    } catch (RuntimeException | Error e) {
      resources.close();
      encoder.close();
      throw e;
    }
  }

  /**
   * Appends a picture.
   *
   * @param offsetMillis since time zero. Two pictures cannot begin in the same millisecond: one
   *     that does not come after its predecessor begins one millisecond after it
   */
  void append(BufferedImage frame, long offsetMillis) {
    long millis = frames == 0 ? Math.max(0, offsetMillis) : Math.max(lastMillis + 1, offsetMillis);
    canvas.show(frame);
    encoder.encode(canvas.pixels(), millis, fresh);
    if (frames > 0) {
      appendWaiting(millis);
    }
    AVPacket written = waiting;
    waiting = fresh;
    fresh = written;
    lastMillis = millis;
    frames++;
  }

  long frames() {
    return frames;
  }

  /**
   * Writes the last picture and the index.
   *
   * @param durationMillis since time zero; stretched if the last picture would be too short
   */
  void finish(long durationMillis) {
    if (frames > 0) {
      appendWaiting(Math.max(durationMillis, lastMillis + SHORTEST_FRAME_MILLIS));
    }
    file.finish();
  }

  @Override
  public void close() {
    file.close();
    resources.close();
    encoder.close();
  }

  private void appendWaiting(long untilMillis) {
    waiting.duration(untilMillis - lastMillis);
    file.append(waiting);
  }

  private AVPacket packet() {
    return resources.own(
        Ffmpeg.present(avcodec.av_packet_alloc(), "no memory for a packet"),
        avcodec::av_packet_free);
  }
}
