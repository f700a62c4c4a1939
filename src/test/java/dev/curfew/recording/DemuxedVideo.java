package dev.curfew.recording;

import static org.bytedeco.ffmpeg.global.avcodec.av_packet_alloc;
import static org.bytedeco.ffmpeg.global.avcodec.av_packet_free;
import static org.bytedeco.ffmpeg.global.avcodec.av_packet_unref;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_alloc_context3;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_find_decoder;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_free_context;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_get_name;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_open2;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_parameters_to_context;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_receive_frame;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_send_packet;
import static org.bytedeco.ffmpeg.global.avformat.av_read_frame;
import static org.bytedeco.ffmpeg.global.avformat.avformat_close_input;
import static org.bytedeco.ffmpeg.global.avformat.avformat_find_stream_info;
import static org.bytedeco.ffmpeg.global.avformat.avformat_open_input;
import static org.bytedeco.ffmpeg.global.avutil.av_frame_alloc;
import static org.bytedeco.ffmpeg.global.avutil.av_frame_free;
import static org.bytedeco.ffmpeg.global.swscale.sws_freeContext;
import static org.bytedeco.ffmpeg.global.swscale.sws_getCoefficients;
import static org.bytedeco.ffmpeg.global.swscale.sws_getContext;
import static org.bytedeco.ffmpeg.global.swscale.sws_scale;
import static org.bytedeco.ffmpeg.global.swscale.sws_setColorspaceDetails;

import java.awt.image.BufferedImage;
import java.awt.image.DataBufferByte;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.bytedeco.ffmpeg.avcodec.AVCodec;
import org.bytedeco.ffmpeg.avcodec.AVCodecContext;
import org.bytedeco.ffmpeg.avcodec.AVPacket;
import org.bytedeco.ffmpeg.avformat.AVFormatContext;
import org.bytedeco.ffmpeg.avformat.AVStream;
import org.bytedeco.ffmpeg.avutil.AVDictionary;
import org.bytedeco.ffmpeg.avutil.AVFrame;
import org.bytedeco.ffmpeg.avutil.AVRational;
import org.bytedeco.ffmpeg.global.avcodec;
import org.bytedeco.ffmpeg.global.avutil;
import org.bytedeco.ffmpeg.global.swscale;
import org.bytedeco.ffmpeg.swscale.SwsContext;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.DoublePointer;
import org.bytedeco.javacpp.IntPointer;
import org.bytedeco.javacpp.PointerPointer;

/**
 * What a player finds in a video file.
 *
 * @param durationMillis of the container
 * @param trackMillis of the video track
 * @param frameMillis the time of every frame
 * @param keyFrames the numbers of those at which playing can start
 * @param pictures the frames that were asked for, decoded
 */
public record DemuxedVideo(
    String codec,
    int width,
    int height,
    double durationMillis,
    double trackMillis,
    List<Double> frameMillis,
    List<Integer> keyFrames,
    Map<Integer, BufferedImage> pictures) {

  /** Reads the whole file and decodes every frame; keeps the pictures of the wanted ones. */
  public static DemuxedVideo read(Path file, Set<Integer> wanted) {
    AVFormatContext container = new AVFormatContext(null);
    check(avformat_open_input(container, file.toString(), null, (AVDictionary) null));
    check(avformat_find_stream_info(container, (PointerPointer<?>) null));
    if (container.nb_streams() != 1) {
      throw new AssertionError(container.nb_streams() + " streams");
    }
    AVStream stream = container.streams(0);
    AVCodecContext decoder =
        avcodec_alloc_context3(avcodec_find_decoder(stream.codecpar().codec_id()));
    check(avcodec_parameters_to_context(decoder, stream.codecpar()));
    check(avcodec_open2(decoder, (AVCodec) null, (AVDictionary) null));
    AVPacket packet = av_packet_alloc();
    AVFrame frame = av_frame_alloc();
    List<Double> times = new ArrayList<>();
    List<Integer> keys = new ArrayList<>();
    Map<Integer, BufferedImage> pictures = new TreeMap<>();
    int[] decoded = {0};
    Runnable drain =
        () -> {
          while (avcodec_receive_frame(decoder, frame) >= 0) {
            if (wanted.contains(decoded[0])) {
              pictures.put(decoded[0], picture(frame));
            }
            decoded[0]++;
          }
        };
    while (av_read_frame(container, packet) >= 0) {
      if ((packet.flags() & avcodec.AV_PKT_FLAG_KEY) != 0) {
        keys.add(times.size());
      }
      times.add(millis(packet.pts(), stream.time_base()));
      check(avcodec_send_packet(decoder, packet));
      drain.run();
      av_packet_unref(packet);
    }
    avcodec_send_packet(decoder, null);
    drain.run();
    if (decoded[0] != times.size()) {
      throw new AssertionError(times.size() + " packets but " + decoded[0] + " frames");
    }
    DemuxedVideo video =
        new DemuxedVideo(
            avcodec_get_name(stream.codecpar().codec_id()).getString(),
            stream.codecpar().width(),
            stream.codecpar().height(),
            container.duration() * 1000.0 / avutil.AV_TIME_BASE,
            millis(stream.duration(), stream.time_base()),
            times,
            keys,
            pictures);
    av_frame_free(frame);
    av_packet_free(packet);
    avcodec_free_context(decoder);
    avformat_close_input(container);
    return video;
  }

  /** The converter writes whole vectors, past the end of the last row. */
  private static final int PADDING = 256;

  private static BufferedImage picture(AVFrame frame) {
    int width = frame.width();
    int height = frame.height();
    BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_3BYTE_BGR);
    byte[] pixels = ((DataBufferByte) image.getRaster().getDataBuffer()).getData();
    SwsContext converter =
        sws_getContext(
            width,
            height,
            frame.format(),
            width,
            height,
            avutil.AV_PIX_FMT_BGR24,
            swscale.SWS_BICUBIC,
            null,
            null,
            (DoublePointer) null);
    // As a player does it: by the colour space that the file declares.
    sws_setColorspaceDetails(
        converter,
        sws_getCoefficients(frame.colorspace()),
        0,
        sws_getCoefficients(swscale.SWS_CS_DEFAULT),
        1,
        0,
        1 << 16,
        1 << 16);
    try (BytePointer bgr = new BytePointer(pixels.length + PADDING);
        PointerPointer<BytePointer> planes = new PointerPointer<>(1);
        IntPointer lines = new IntPointer(1)) {
      planes.put(bgr);
      lines.put(width * 3);
      check(sws_scale(converter, frame.data(), frame.linesize(), 0, height, planes, lines));
      bgr.get(pixels);
    }
    sws_freeContext(converter);
    return image;
  }

  private static double millis(long ticks, AVRational timeBase) {
    return ticks * 1000.0 * timeBase.num() / timeBase.den();
  }

  private static void check(int result) {
    if (result < 0) {
      throw new AssertionError("ffmpeg error " + result);
    }
  }
}
