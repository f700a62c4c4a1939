package dev.curfew.recording;

import static org.bytedeco.ffmpeg.global.avcodec.av_packet_alloc;
import static org.bytedeco.ffmpeg.global.avcodec.av_packet_free;
import static org.bytedeco.ffmpeg.global.avcodec.av_packet_move_ref;
import static org.bytedeco.ffmpeg.global.avcodec.av_packet_rescale_ts;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_alloc_context3;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_find_encoder_by_name;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_free_context;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_open2;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_parameters_from_context;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_receive_packet;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_send_frame;
import static org.bytedeco.ffmpeg.global.avformat.av_write_frame;
import static org.bytedeco.ffmpeg.global.avformat.av_write_trailer;
import static org.bytedeco.ffmpeg.global.avformat.avformat_alloc_output_context2;
import static org.bytedeco.ffmpeg.global.avformat.avformat_free_context;
import static org.bytedeco.ffmpeg.global.avformat.avformat_new_stream;
import static org.bytedeco.ffmpeg.global.avformat.avformat_write_header;
import static org.bytedeco.ffmpeg.global.avformat.avio_closep;
import static org.bytedeco.ffmpeg.global.avformat.avio_open;
import static org.bytedeco.ffmpeg.global.avutil.av_dict_free;
import static org.bytedeco.ffmpeg.global.avutil.av_dict_set;
import static org.bytedeco.ffmpeg.global.avutil.av_frame_alloc;
import static org.bytedeco.ffmpeg.global.avutil.av_frame_free;
import static org.bytedeco.ffmpeg.global.avutil.av_frame_get_buffer;
import static org.bytedeco.ffmpeg.global.avutil.av_frame_make_writable;
import static org.bytedeco.ffmpeg.global.avutil.av_strerror;
import static org.bytedeco.ffmpeg.global.swscale.sws_freeContext;
import static org.bytedeco.ffmpeg.global.swscale.sws_getCoefficients;
import static org.bytedeco.ffmpeg.global.swscale.sws_getContext;
import static org.bytedeco.ffmpeg.global.swscale.sws_scale;
import static org.bytedeco.ffmpeg.global.swscale.sws_setColorspaceDetails;

import dev.curfew.fault.CurfewException;
import dev.curfew.fault.ErrorCode;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import org.bytedeco.ffmpeg.avcodec.AVCodec;
import org.bytedeco.ffmpeg.avcodec.AVCodecContext;
import org.bytedeco.ffmpeg.avcodec.AVPacket;
import org.bytedeco.ffmpeg.avformat.AVFormatContext;
import org.bytedeco.ffmpeg.avformat.AVIOContext;
import org.bytedeco.ffmpeg.avformat.AVStream;
import org.bytedeco.ffmpeg.avutil.AVDictionary;
import org.bytedeco.ffmpeg.avutil.AVFrame;
import org.bytedeco.ffmpeg.avutil.AVRational;
import org.bytedeco.ffmpeg.global.avcodec;
import org.bytedeco.ffmpeg.global.avformat;
import org.bytedeco.ffmpeg.global.avutil;
import org.bytedeco.ffmpeg.global.swscale;
import org.bytedeco.ffmpeg.swscale.SwsContext;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.DoublePointer;
import org.jspecify.annotations.Nullable;

/**
 * Writes one MP4 with one H.264 track of variable frame rate, ready to be streamed (the index is in
 * front). Frames carry their own times in ticks of 1/16000 s, which is the track's time scale:
 * whole milliseconds are exact, and frames of the same millisecond stay apart.
 *
 * <p>Blocking, for one thread. {@link FfmpegLibrary#load} must have been called. Closing without
 * {@link #finish} leaves a file that no player reads.
 */
final class Mp4Writer implements AutoCloseable {
  static final long TICKS_PER_MILLI = 16;
  private static final int TIME_SCALE = 16_000;

  /** Text must stay readable: quality never falls below this quantiser. */
  private static final int WORST_QUANTISER = 26;

  private static final int BEST_QUANTISER = 12;

  /** A generous allowance: what a still screen does not need is not spent. */
  private static final double BITS_PER_PIXEL_AND_FRAME = 2;

  private static final int ERROR_TEXT_LENGTH = 256;

  private final AVFormatContext container = new AVFormatContext(null);
  private @Nullable AVCodecContext encoder;
  private @Nullable SwsContext converter;
  private final AVFrame rgb = av_frame_alloc();
  private final AVFrame yuv = av_frame_alloc();
  private final AVPacket packet = av_packet_alloc();

  /** Held back until the time of the next one tells how long it lasts. */
  private final AVPacket pending = av_packet_alloc();

  private final int width;
  private final int height;
  private boolean hasPending;
  private boolean outputOpen;

  /**
   * @param width even
   * @param height even
   * @param framesPerSecond roughly, for the rate control
   * @param metadata of the file, such as {@code title} and {@code creation_time}
   * @throws CurfewException STORAGE_UNAVAILABLE when the file cannot be written
   */
  Mp4Writer(
      Path file, int width, int height, double framesPerSecond, Map<String, String> metadata) {
    this.width = width;
    this.height = height;
    try {
      AVCodec codec = avcodec_find_encoder_by_name("libopenh264");
      AVCodecContext opened = openEncoder(codec, framesPerSecond);
      openContainer(file, opened, metadata);
      prepareFrame(rgb, avutil.AV_PIX_FMT_BGR24);
      prepareFrame(yuv, avutil.AV_PIX_FMT_YUV420P);
      openConverter();
    } catch (RuntimeException e) {
      close();
      throw e;
    }
  }

  private AVCodecContext openEncoder(@Nullable AVCodec codec, double framesPerSecond) {
    if (codec == null) {
      throw CurfewException.of(ErrorCode.INTERNAL, "the media library has no H.264 encoder");
    }
    AVCodecContext context = avcodec_alloc_context3(codec);
    encoder = context;
    context.width(width);
    context.height(height);
    context.pix_fmt(avutil.AV_PIX_FMT_YUV420P);
    try (AVRational timeBase = rational(1, TIME_SCALE);
        AVRational rate = rational((int) Math.round(framesPerSecond * 1000), 1000);
        AVRational square = rational(1, 1)) {
      context.time_base(timeBase);
      context.framerate(rate);
      context.sample_aspect_ratio(square);
    }
    context.bit_rate((long) (BITS_PER_PIXEL_AND_FRAME * width * height * framesPerSecond));
    context.qmin(BEST_QUANTISER);
    context.qmax(WORST_QUANTISER);
    context.gop_size(0); // key frames are asked for, by time
    context.slices(1);
    context.thread_count(1);
    context.profile(AVCodecContext.FF_PROFILE_H264_HIGH);
    context.color_range(avutil.AVCOL_RANGE_MPEG);
    context.colorspace(avutil.AVCOL_SPC_BT709);
    context.color_primaries(avutil.AVCOL_PRI_BT709);
    context.color_trc(avutil.AVCOL_TRC_BT709);
    context.flags(context.flags() | avcodec.AV_CODEC_FLAG_GLOBAL_HEADER);
    AVDictionary none = new AVDictionary(null);
    encode(avcodec_open2(context, codec, none), "opening the encoder");
    return context;
  }

  private void openContainer(Path file, AVCodecContext codec, Map<String, String> metadata) {
    AVIOContext output = new AVIOContext(null);
    AVDictionary options = new AVDictionary(null);
    // The protocol in front keeps a colon in the path from being taken for one.
    try (BytePointer url = utf8("file:" + file.toAbsolutePath());
        BytePointer mp4 = utf8("mp4")) {
      encode(
          avformat_alloc_output_context2(container, null, mp4, url), "opening the MP4 container");
      AVStream stream = avformat_new_stream(container, null);
      try (AVRational timeBase = rational(1, TIME_SCALE)) {
        stream.time_base(timeBase);
      }
      encode(
          avcodec_parameters_from_context(stream.codecpar(), codec), "describing the video track");
      container.metadata(dictionary(metadata));
      write(avio_open(output, url, avformat.AVIO_FLAG_WRITE));
      outputOpen = true;
      container.pb(output);
      av_dict_set(options, "movflags", "+faststart", 0);
      write(avformat_write_header(container, options));
    } finally {
      av_dict_free(options);
    }
  }

  private void prepareFrame(AVFrame frame, int format) {
    frame.format(format);
    frame.width(width);
    frame.height(height);
    encode(av_frame_get_buffer(frame, 0), "allocating a frame");
  }

  private void openConverter() {
    SwsContext context =
        sws_getContext(
            width,
            height,
            avutil.AV_PIX_FMT_BGR24,
            width,
            height,
            avutil.AV_PIX_FMT_YUV420P,
            swscale.SWS_BILINEAR | swscale.SWS_ACCURATE_RND | swscale.SWS_FULL_CHR_H_INP,
            null,
            null,
            (DoublePointer) null);
    converter = context;
    encode(
        sws_setColorspaceDetails(
            context,
            sws_getCoefficients(swscale.SWS_CS_DEFAULT),
            1,
            sws_getCoefficients(swscale.SWS_CS_ITU709),
            0,
            0,
            1 << 16,
            1 << 16),
        "choosing the colour space");
  }

  /**
   * What the frames from now on show.
   *
   * @param bgr three bytes a pixel, rows from top to bottom without padding
   */
  void picture(byte[] bgr) {
    int rowLength = width * 3;
    encode(av_frame_make_writable(rgb), "reusing a frame");
    BytePointer rows = rgb.data(0);
    for (int y = 0; y < height; y++) {
      rows.position((long) y * rgb.linesize(0)).put(bgr, y * rowLength, rowLength);
    }
    encode(av_frame_make_writable(yuv), "reusing a frame");
    encode(
        sws_scale(converter, rgb.data(), rgb.linesize(), 0, height, yuv.data(), yuv.linesize()),
        "converting colours");
  }

  /**
   * Appends a frame that shows the {@linkplain #picture picture}.
   *
   * @param tick its time from the start of the video, later than the frame before
   * @param keyFrame whether playing may start here
   */
  void write(long tick, boolean keyFrame) {
    yuv.pts(tick);
    yuv.pict_type(keyFrame ? avutil.AV_PICTURE_TYPE_I : avutil.AV_PICTURE_TYPE_NONE);
    encode(avcodec_send_frame(encoder, yuv), "encoding a frame");
    takePackets();
  }

  /**
   * Completes the file.
   *
   * @param endTick the end of the video, later than the last frame
   */
  void finish(long endTick) {
    encode(avcodec_send_frame(encoder, null), "finishing the video");
    takePackets();
    releasePending(endTick);
    write(av_write_trailer(container));
    outputOpen = false;
    write(avio_closep(container.pb()));
  }

  private void takePackets() {
    while (true) {
      int result = avcodec_receive_packet(encoder, packet);
      if (result == avutil.AVERROR_EAGAIN() || result == avutil.AVERROR_EOF()) {
        return;
      }
      encode(result, "encoding a frame");
      releasePending(packet.pts());
      av_packet_move_ref(pending, packet);
      hasPending = true;
    }
  }

  private void releasePending(long nextTick) {
    if (!hasPending) {
      return;
    }
    hasPending = false;
    pending.duration(nextTick - pending.pts());
    pending.stream_index(0);
    try (AVRational timeBase = rational(1, TIME_SCALE)) {
      av_packet_rescale_ts(pending, timeBase, container.streams(0).time_base());
    }
    write(av_write_frame(container, pending));
    avcodec.av_packet_unref(pending);
  }

  @Override
  public void close() {
    if (outputOpen) {
      outputOpen = false;
      avio_closep(container.pb());
    }
    if (!container.isNull()) {
      avformat_free_context(container);
      container.setNull();
    }
    if (encoder != null) {
      avcodec_free_context(encoder);
      encoder = null;
    }
    if (converter != null) {
      sws_freeContext(converter);
      converter = null;
    }
    av_frame_free(rgb);
    av_frame_free(yuv);
    av_packet_free(packet);
    av_packet_free(pending);
  }

  private static AVDictionary dictionary(Map<String, String> entries) {
    AVDictionary dictionary = new AVDictionary(null);
    entries.forEach(
        (key, value) -> {
          try (BytePointer k = utf8(key);
              BytePointer v = utf8(value)) {
            av_dict_set(dictionary, k, v, 0);
          }
        });
    return dictionary;
  }

  private static BytePointer utf8(String text) {
    return new BytePointer(text, StandardCharsets.UTF_8);
  }

  private static AVRational rational(int numerator, int denominator) {
    return new AVRational().num(numerator).den(denominator);
  }

  private static void encode(int result, String doing) {
    if (result < 0) {
      throw CurfewException.of(ErrorCode.INTERNAL, doing + " failed: " + text(result));
    }
  }

  private static void write(int result) {
    if (result < 0) {
      throw CurfewException.of(
          ErrorCode.STORAGE_UNAVAILABLE, "the video cannot be written: " + text(result));
    }
  }

  private static String text(int error) {
    byte[] text = new byte[ERROR_TEXT_LENGTH];
    av_strerror(error, text, text.length);
    int length = 0;
    while (length < text.length && text[length] != 0) {
      length++;
    }
    return new String(text, 0, length, StandardCharsets.UTF_8);
  }
}
