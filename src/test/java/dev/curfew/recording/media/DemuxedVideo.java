package dev.curfew.recording.media;

import java.awt.image.BufferedImage;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.ffmpeg.avcodec.AVCodec;
import org.bytedeco.ffmpeg.avcodec.AVCodecContext;
import org.bytedeco.ffmpeg.avcodec.AVPacket;
import org.bytedeco.ffmpeg.avformat.AVFormatContext;
import org.bytedeco.ffmpeg.avformat.AVStream;
import org.bytedeco.ffmpeg.avutil.AVFrame;
import org.bytedeco.ffmpeg.avutil.AVRational;
import org.bytedeco.ffmpeg.global.avcodec;
import org.bytedeco.ffmpeg.global.avformat;
import org.bytedeco.ffmpeg.global.avutil;
import org.bytedeco.ffmpeg.global.swscale;
import org.bytedeco.ffmpeg.swscale.SwsContext;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.DoublePointer;
import org.bytedeco.javacpp.IntPointer;
import org.bytedeco.javacpp.PointerPointer;

/**
 * A video as a player sees it.
 *
 * @param streams how many tracks the file has
 * @param durationMillis of the file as a whole
 * @param trackDurationMillis of the video track
 * @param ptsMillis when each packet is shown, in milliseconds
 * @param keyFrames how many packets stand alone
 */
record DemuxedVideo(
    String codec,
    int streams,
    int width,
    int height,
    double durationMillis,
    double trackDurationMillis,
    List<Double> ptsMillis,
    int keyFrames,
    List<BufferedImage> pictures) {

  /** Reads every packet, and keeps the decoded pictures of these indices. */
  static DemuxedVideo of(Path file, Integer... pictureIndices) {
    List<Integer> wanted = List.of(pictureIndices);
    AVFormatContext container = new AVFormatContext(null);
    check(avformat.avformat_open_input(container, file.toString(), null, null));
    AVPacket packet = avcodec.av_packet_alloc();
    AVFrame frame = avutil.av_frame_alloc();
    try {
      check(avformat.avformat_find_stream_info(container, (PointerPointer<?>) null));
      AVStream stream = container.streams(0);
      AVCodec decoder = avcodec.avcodec_find_decoder(stream.codecpar().codec_id());
      AVCodecContext context = avcodec.avcodec_alloc_context3(decoder);
      List<Double> times = new ArrayList<>();
      List<BufferedImage> pictures = new ArrayList<>();
      int keyFrames = 0;
      try {
        check(avcodec.avcodec_parameters_to_context(context, stream.codecpar()));
        context.thread_count(1);
        check(avcodec.avcodec_open2(context, decoder, (PointerPointer<?>) null));
        int decoded = 0;
        while (avformat.av_read_frame(container, packet) >= 0) {
          times.add(millis(packet.pts(), stream.time_base()));
          keyFrames += packet.flags() & avcodec.AV_PKT_FLAG_KEY;
          check(avcodec.avcodec_send_packet(context, packet));
          avcodec.av_packet_unref(packet);
          decoded = receive(context, frame, decoded, wanted, pictures);
        }
        check(avcodec.avcodec_send_packet(context, null));
        receive(context, frame, decoded, wanted, pictures);
      } finally {
        avcodec.avcodec_free_context(context);
      }
      return new DemuxedVideo(
          avcodec.avcodec_get_name(stream.codecpar().codec_id()).getString(),
          container.nb_streams(),
          stream.codecpar().width(),
          stream.codecpar().height(),
          container.duration() / 1000.0,
          millis(stream.duration(), stream.time_base()),
          times,
          keyFrames,
          pictures);
    } finally {
      avutil.av_frame_free(frame);
      avcodec.av_packet_free(packet);
      avformat.avformat_close_input(container);
    }
  }

  private static int receive(
      AVCodecContext context,
      AVFrame frame,
      int decodedBefore,
      List<Integer> wanted,
      List<BufferedImage> pictures) {
    int decoded = decodedBefore;
    while (avcodec.avcodec_receive_frame(context, frame) >= 0) {
      if (wanted.contains(decoded)) {
        pictures.add(picture(frame));
      }
      decoded++;
    }
    return decoded;
  }

  private static BufferedImage picture(AVFrame frame) {
    int width = frame.width();
    int height = frame.height();
    SwsContext toRgb =
        swscale.sws_getContext(
            width,
            height,
            frame.format(),
            width,
            height,
            avutil.AV_PIX_FMT_BGR0,
            swscale.SWS_BILINEAR,
            null,
            null,
            (DoublePointer) null);
    IntPointer colours = swscale.sws_getCoefficients(frame.colorspace());
    swscale.sws_setColorspaceDetails(toRgb, colours, 0, colours, 1, 0, 1 << 16, 1 << 16);
    int[] pixels = new int[width * height];
    try (BytePointer bytes = new BytePointer(4L * width * height);
        PointerPointer<BytePointer> planes = new PointerPointer<>(bytes, null, null, null);
        IntPointer stride = new IntPointer(new int[] {4 * width, 0, 0, 0})) {
      swscale.sws_scale(toRgb, frame.data(), frame.linesize(), 0, height, planes, stride);
      new IntPointer(bytes).get(pixels);
    } finally {
      swscale.sws_freeContext(toRgb);
    }
    BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
    image.setRGB(0, 0, width, height, pixels, 0, width);
    return image;
  }

  private static double millis(long ticks, AVRational base) {
    return ticks * 1000.0 * base.num() / base.den();
  }

  private static void check(int answer) {
    if (answer < 0) {
      throw new AssertionError("FFmpeg answered " + answer);
    }
  }
}
