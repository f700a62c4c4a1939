package dev.curfew.recording;

import static org.bytedeco.ffmpeg.global.avcodec.av_packet_alloc;
import static org.bytedeco.ffmpeg.global.avcodec.av_packet_free;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_alloc_context3;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_find_encoder_by_name;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_free_context;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_open2;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_receive_packet;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_send_frame;
import static org.bytedeco.ffmpeg.global.avutil.av_dict_free;
import static org.bytedeco.ffmpeg.global.avutil.av_dict_set;
import static org.bytedeco.ffmpeg.global.avutil.av_frame_alloc;
import static org.bytedeco.ffmpeg.global.avutil.av_frame_free;
import static org.bytedeco.ffmpeg.global.avutil.av_frame_get_buffer;

import java.nio.file.Path;
import org.bytedeco.ffmpeg.avcodec.AVCodec;
import org.bytedeco.ffmpeg.avcodec.AVCodecContext;
import org.bytedeco.ffmpeg.avcodec.AVPacket;
import org.bytedeco.ffmpeg.avutil.AVDictionary;
import org.bytedeco.ffmpeg.avutil.AVFrame;
import org.bytedeco.ffmpeg.avutil.AVRational;
import org.bytedeco.ffmpeg.global.avutil;
import org.bytedeco.javacpp.BytePointer;

/** Real WebP files, which Java itself cannot write. */
final class WebpPicture {
  private WebpPicture() {}

  static byte[] gradient(int width, int height, boolean lossless) {
    FfmpegLibrary.load(Path.of("target/native"));
    AVCodec codec = avcodec_find_encoder_by_name("libwebp");
    AVCodecContext encoder = avcodec_alloc_context3(codec);
    AVDictionary options = new AVDictionary(null);
    AVFrame frame = av_frame_alloc();
    AVPacket packet = av_packet_alloc();
    try (AVRational second = new AVRational().num(1).den(1)) {
      encoder.width(width).height(height).pix_fmt(avutil.AV_PIX_FMT_BGRA);
      encoder.time_base(second);
      av_dict_set(options, "lossless", lossless ? "1" : "0", 0);
      check(avcodec_open2(encoder, codec, options));
      frame.format(avutil.AV_PIX_FMT_BGRA).width(width).height(height).pts(0);
      check(av_frame_get_buffer(frame, 0));
      BytePointer rows = frame.data(0);
      for (int y = 0; y < height; y++) {
        for (int x = 0; x < width; x++) {
          long at = (long) y * frame.linesize(0) + x * 4L;
          rows.put(at, (byte) x).put(at + 1, (byte) y).put(at + 2, (byte) (x ^ y));
          rows.put(at + 3, (byte) 0xff);
        }
      }
      check(avcodec_send_frame(encoder, frame));
      check(avcodec_receive_packet(encoder, packet));
      byte[] file = new byte[packet.size()];
      packet.data().get(file);
      return file;
    } finally {
      av_dict_free(options);
      av_packet_free(packet);
      av_frame_free(frame);
      avcodec_free_context(encoder);
    }
  }

  private static void check(int result) {
    if (result < 0) {
      throw new AssertionError("ffmpeg error " + result);
    }
  }
}
