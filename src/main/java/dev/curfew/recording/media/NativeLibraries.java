package dev.curfew.recording.media;

import dev.curfew.fault.CurfewException;
import dev.curfew.fault.ErrorCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.bytedeco.ffmpeg.global.avutil;

/** Where FFmpeg's native libraries are unpacked, and how they are loaded. */
public final class NativeLibraries {
  private static final String CACHE_PROPERTY = "org.bytedeco.javacpp.cachedir";

  private NativeLibraries() {}

  /**
   * Names the directory that the libraries are unpacked into (about 60 MB, once). To be called
   * before the first encoding; later calls have no effect on libraries that are loaded already.
   *
   * @throws CurfewException {@link ErrorCode#BAD_CONFIGURATION} if the directory cannot be created
   */
  public static void prepare(Path cacheDirectory) {
    try {
      Files.createDirectories(cacheDirectory);
    } catch (IOException e) {
      throw CurfewException.causedBy(
          ErrorCode.BAD_CONFIGURATION,
          "the directory for native libraries cannot be created: " + cacheDirectory,
          e);
    }
    System.setProperty(CACHE_PROPERTY, cacheDirectory.toAbsolutePath().toString());
  }

  /**
   * Loads the libraries unless they are loaded.
   *
   * @throws CurfewException {@link ErrorCode#BAD_CONFIGURATION} if this machine cannot load them
   */
  static void load() {
    try {
      // They would write to standard error, past the log; what matters comes back as error codes.
      avutil.av_log_set_level(avutil.AV_LOG_QUIET);
    } catch (LinkageError e) {
      throw CurfewException.causedBy(
          ErrorCode.BAD_CONFIGURATION, "the video libraries cannot be loaded on this machine", e);
    }
  }
}
