package dev.curfew.recording;

import dev.curfew.fault.CurfewException;
import dev.curfew.fault.ErrorCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.bytedeco.ffmpeg.global.avcodec;
import org.bytedeco.ffmpeg.global.avformat;
import org.bytedeco.ffmpeg.global.avutil;
import org.bytedeco.ffmpeg.global.swscale;
import org.bytedeco.javacpp.Loader;

/** The native media library, which comes inside the program and is unpacked at first use. */
public final class FfmpegLibrary {
  private static final String CACHE_PROPERTY = "org.bytedeco.javacpp.cachedir";

  private static boolean loaded;

  private FfmpegLibrary() {}

  /**
   * Unpacks and loads the library; from the second call on it does nothing. Blocks, the first time
   * for about a second. The library is kept from writing to standard error.
   *
   * @param cache a writable directory for the unpacked files, about 45 MB, created when missing and
   *     used again by the next start; not used when the system property {@code
   *     org.bytedeco.javacpp.cachedir} names another one
   * @throws CurfewException STORAGE_UNAVAILABLE when the directory cannot be written, INTERNAL when
   *     there is no library for this platform or it cannot be loaded
   */
  public static synchronized void load(Path cache) {
    if (loaded) {
      return;
    }
    try {
      if (System.getProperty(CACHE_PROPERTY) == null) {
        Files.createDirectories(cache);
        System.setProperty(CACHE_PROPERTY, cache.toAbsolutePath().toString());
      }
      Loader.load(avutil.class);
      Loader.load(avcodec.class);
      Loader.load(avformat.class);
      Loader.load(swscale.class);
      avutil.av_log_set_level(avutil.AV_LOG_QUIET);
    } catch (IOException e) {
      throw CurfewException.causedBy(
          ErrorCode.STORAGE_UNAVAILABLE, "the media library cannot be unpacked", e);
    } catch (LinkageError e) {
      throw CurfewException.causedBy(
          ErrorCode.INTERNAL,
          "the media library cannot be loaded on this platform (" + Loader.getPlatform() + ")",
          e);
    }
    loaded = true;
  }
}
