package dev.curfew.recording.media;

import dev.curfew.fault.ErrorCode;
import org.bytedeco.ffmpeg.avcodec.AVCodec;
import org.bytedeco.ffmpeg.avcodec.AVCodecContext;
import org.bytedeco.ffmpeg.avcodec.AVPacket;
import org.bytedeco.ffmpeg.avutil.AVDictionary;
import org.bytedeco.ffmpeg.avutil.AVFrame;
import org.bytedeco.ffmpeg.global.avcodec;
import org.bytedeco.ffmpeg.global.avutil;
import org.bytedeco.ffmpeg.global.swscale;
import org.bytedeco.ffmpeg.swscale.SwsContext;
import org.bytedeco.javacpp.DoublePointer;
import org.bytedeco.javacpp.IntPointer;
import org.bytedeco.javacpp.PointerPointer;

/**
 * Pictures of one size to H.264, each to exactly one packet, in order and without delay. The
 * quantiser is fixed: a bit rate means nothing when pictures come at any distance, and the encoder
 * would drop pictures to keep to it.
 */
final class H264Encoder implements AutoCloseable {
  /** Times are in milliseconds. */
  static final int TICKS_PER_SECOND = 1000;

  /** A picture that stands alone, every so many: how far back a player goes when it seeks. */
  private static final int PICTURES_BETWEEN_KEY_FRAMES = 30;

  /** Only for the choice of the level; the true times are those of the packets. */
  private static final int NOMINAL_FRAME_RATE = 10;

  /** 0 to 51, less is better: small text on screen stays legible. */
  private static final int QUANTISER = 22;

  private static final int BYTES_PER_PIXEL = 4;

  private final NativeResources resources = new NativeResources();
  private final AVCodecContext context;
  private final AVFrame picture;
  private final IntPointer rgb;
  private final PointerPointer<IntPointer> rgbPlanes;
  private final IntPointer rgbStride;
  private final SwsContext toYuv;
  private final int height;

  /** An encoder for pictures of this size, both sides even. */
  H264Encoder(int width, int height) {
    NativeLibraries.load();
    this.height = height;
    try {
      context = open(width, height);
      picture = allocatePicture(width, height);
      rgb = resources.own(new IntPointer((long) width * height), IntPointer::close);
      // One plane, but swscale reads as many as any format has.
      rgbPlanes = resources.own(new PointerPointer<>(rgb, null, null, null), PointerPointer::close);
      rgbStride =
          resources.own(new IntPointer(width * BYTES_PER_PIXEL, 0, 0, 0), IntPointer::close);
      toYuv = conversion(width, height);
    } catch (RuntimeException | Error e) {
      resources.close();
      throw e;
    }
  }

  /** What a container needs to know about the stream. */
  AVCodecContext context() {
    return context;
  }

  /**
   * Encodes a picture.
   *
   * @param pixels rows of 0x00RRGGBB
   * @param millis when it is shown; more than that of the picture before
   * @param packet receives the encoded picture, with its time
   */
  void encode(int[] pixels, long millis, AVPacket packet) {
    rgb.put(pixels, 0, pixels.length);
    Ffmpeg.check(
        avutil.av_frame_make_writable(picture), ErrorCode.INTERNAL, "no memory for a picture");
    swscale.sws_scale(toYuv, rgbPlanes, rgbStride, 0, height, picture.data(), picture.linesize());
    picture.pts(millis);
    Ffmpeg.check(
        avcodec.avcodec_send_frame(context, picture),
        ErrorCode.INTERNAL,
        "the encoder refused a picture");
    Ffmpeg.check(
        avcodec.avcodec_receive_packet(context, packet),
        ErrorCode.INTERNAL,
        "the encoder gave nothing for a picture");
  }

  @Override
  public void close() {
    resources.close();
  }

  private AVCodecContext open(int width, int height) {
    AVCodec codec =
        Ffmpeg.present(
            avcodec.avcodec_find_encoder_by_name("libopenh264"), "no H.264 encoder in FFmpeg");
    AVCodecContext opened =
        resources.own(
            Ffmpeg.present(avcodec.avcodec_alloc_context3(codec), "no memory for the encoder"),
            avcodec::avcodec_free_context);
    opened.width(width);
    opened.height(height);
    opened.pix_fmt(avutil.AV_PIX_FMT_YUV420P);
    opened.time_base().num(1).den(TICKS_PER_SECOND);
    opened.framerate().num(NOMINAL_FRAME_RATE).den(1);
    opened.gop_size(PICTURES_BETWEEN_KEY_FRAMES);
    opened.qmin(QUANTISER);
    opened.qmax(QUANTISER);
    opened.profile(avcodec.AV_PROFILE_H264_HIGH);
    opened.thread_count(1);
    opened.slices(1);
    opened.colorspace(avutil.AVCOL_SPC_BT709);
    opened.color_primaries(avutil.AVCOL_PRI_BT709);
    opened.color_trc(avutil.AVCOL_TRC_IEC61966_2_1);
    opened.color_range(avutil.AVCOL_RANGE_MPEG);
    // MP4 keeps the parameter sets in its index rather than before each key frame.
    opened.flags(opened.flags() | avcodec.AV_CODEC_FLAG_GLOBAL_HEADER);
    AVDictionary options = new AVDictionary();
    try {
      avutil.av_dict_set(options, "rc_mode", "off", 0);
      avutil.av_dict_set(options, "allow_skip_frames", "0", 0);
      Ffmpeg.check(
          avcodec.avcodec_open2(opened, codec, options),
          ErrorCode.INTERNAL,
          "the encoder does not take pictures of " + width + "x" + height);
    } finally {
      avutil.av_dict_free(options);
    }
    return opened;
  }

  private AVFrame allocatePicture(int width, int height) {
    AVFrame frame =
        resources.own(
            Ffmpeg.present(avutil.av_frame_alloc(), "no memory for a picture"),
            avutil::av_frame_free);
    frame.format(avutil.AV_PIX_FMT_YUV420P);
    frame.width(width);
    frame.height(height);
    frame.colorspace(avutil.AVCOL_SPC_BT709);
    frame.color_range(avutil.AVCOL_RANGE_MPEG);
    Ffmpeg.check(
        avutil.av_frame_get_buffer(frame, 0), ErrorCode.INTERNAL, "no memory for a picture");
    return frame;
  }

  /** From the JDK's pixels to the video's colours: BT.709, limited range, as players expect. */
  private SwsContext conversion(int width, int height) {
    SwsContext scaler =
        resources.own(
            Ffmpeg.present(
                swscale.sws_getContext(
                    width,
                    height,
                    avutil.AV_PIX_FMT_BGR0,
                    width,
                    height,
                    avutil.AV_PIX_FMT_YUV420P,
                    swscale.SWS_BILINEAR | swscale.SWS_ACCURATE_RND | swscale.SWS_FULL_CHR_H_INP,
                    null,
                    null,
                    (DoublePointer) null),
                "no colour conversion for this size"),
            swscale::sws_freeContext);
    IntPointer bt709 = swscale.sws_getCoefficients(swscale.SWS_CS_ITU709);
    int one = 1 << 16;
    Ffmpeg.check(
        swscale.sws_setColorspaceDetails(scaler, bt709, 1, bt709, 0, 0, one, one),
        ErrorCode.INTERNAL,
        "no colour conversion for this size");
    return scaler;
  }
}
