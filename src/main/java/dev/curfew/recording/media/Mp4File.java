package dev.curfew.recording.media;

import dev.curfew.fault.ErrorCode;
import java.nio.file.Path;
import org.bytedeco.ffmpeg.avcodec.AVCodecContext;
import org.bytedeco.ffmpeg.avcodec.AVPacket;
import org.bytedeco.ffmpeg.avformat.AVFormatContext;
import org.bytedeco.ffmpeg.avformat.AVIOContext;
import org.bytedeco.ffmpeg.avformat.AVStream;
import org.bytedeco.ffmpeg.avutil.AVDictionary;
import org.bytedeco.ffmpeg.global.avcodec;
import org.bytedeco.ffmpeg.global.avformat;
import org.bytedeco.ffmpeg.global.avutil;

/**
 * An MP4 file with one video track, its index in front so that a browser plays while it loads. A
 * file that is closed before it is finished is no recording.
 */
final class Mp4File implements AutoCloseable {
  private static final String CANNOT_WRITE = "the video file cannot be written";

  private final NativeResources resources = new NativeResources();
  private final AVFormatContext container;
  private final AVStream track;

  /** Creates the file and begins it with the stream of this encoder. */
  Mp4File(Path file, AVCodecContext encoder) {
    // With the protocol, since a path may look like an address of another.
    String url = "file:" + file.toAbsolutePath();
    try {
      container = new AVFormatContext(null);
      Ffmpeg.check(
          avformat.avformat_alloc_output_context2(container, null, "mp4", url),
          ErrorCode.INTERNAL,
          "no MP4 in FFmpeg");
      resources.own(container, avformat::avformat_free_context);
      track = Ffmpeg.present(avformat.avformat_new_stream(container, null), "no memory for MP4");
      track.time_base().num(1).den(H264Encoder.TICKS_PER_SECOND);
      Ffmpeg.check(
          avcodec.avcodec_parameters_from_context(track.codecpar(), encoder),
          ErrorCode.INTERNAL,
          "MP4 does not take the encoder's stream");
      AVIOContext output = new AVIOContext(null);
      Ffmpeg.check(
          avformat.avio_open(output, url, avformat.AVIO_FLAG_WRITE),
          ErrorCode.STORAGE_UNAVAILABLE,
          CANNOT_WRITE);
      resources.own(output, avformat::avio_close);
      container.pb(output);
      begin();
    } catch (RuntimeException | Error e) {
      resources.close();
      throw e;
    }
  }

  /** Appends a packet of the encoder, in milliseconds; the packet is empty afterwards. */
  void append(AVPacket packet) {
    packet.stream_index(track.index());
    packet.time_base().num(1).den(H264Encoder.TICKS_PER_SECOND);
    avcodec.av_packet_rescale_ts(packet, packet.time_base(), track.time_base());
    Ffmpeg.check(
        avformat.av_interleaved_write_frame(container, packet),
        ErrorCode.STORAGE_UNAVAILABLE,
        CANNOT_WRITE);
  }

  /** Writes the index and moves it to the front. */
  void finish() {
    Ffmpeg.check(avformat.av_write_trailer(container), ErrorCode.STORAGE_UNAVAILABLE, CANNOT_WRITE);
    avformat.avio_flush(container.pb());
    Ffmpeg.check(container.pb().error(), ErrorCode.STORAGE_UNAVAILABLE, CANNOT_WRITE);
  }

  @Override
  public void close() {
    resources.close();
  }

  private void begin() {
    AVDictionary options = new AVDictionary();
    try {
      avutil.av_dict_set(options, "movflags", "+faststart", 0);
      avutil.av_dict_set(
          options, "video_track_timescale", Integer.toString(H264Encoder.TICKS_PER_SECOND), 0);
      Ffmpeg.check(
          avformat.avformat_write_header(container, options),
          ErrorCode.STORAGE_UNAVAILABLE,
          CANNOT_WRITE);
    } finally {
      avutil.av_dict_free(options);
    }
  }
}
