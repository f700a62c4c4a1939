package dev.curfew.recording.media;

import dev.curfew.fault.CurfewException;
import dev.curfew.fault.ErrorCode;
import org.bytedeco.ffmpeg.global.avutil;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.Pointer;
import org.jspecify.annotations.Nullable;

/** FFmpeg's two ways to fail, negative numbers and null, as typed failures. */
final class Ffmpeg {
  private static final int MESSAGE_BYTES = 256;

  private Ffmpeg() {}

  /** Answers what the call answered, or throws if that is an error code. */
  static int check(int answer, ErrorCode code, String what) {
    if (answer < 0) {
      throw CurfewException.of(code, what + ": " + message(answer));
    }
    return answer;
  }

  /** Answers the pointer, or throws if there is none. */
  static <P extends Pointer> P present(@Nullable P pointer, String what) {
    if (pointer == null || pointer.isNull()) {
      throw CurfewException.of(ErrorCode.INTERNAL, what);
    }
    return pointer;
  }

  private static String message(int error) {
    try (BytePointer text = new BytePointer(MESSAGE_BYTES)) {
      avutil.av_strerror(error, text, MESSAGE_BYTES);
      // Else the whole buffer, past the end of the text.
      return text.limit(BytePointer.strlen(text)).getString();
    }
  }
}
