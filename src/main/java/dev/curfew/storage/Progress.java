package dev.curfew.storage;

import java.util.concurrent.CancellationException;
import org.jspecify.annotations.Nullable;

/** Tells a {@link Watch} every byte of an object once, however often it is sent. */
final class Progress {
  private final Watch watch;
  private long told;
  private @Nullable CancellationException end;

  Progress(Watch watch) {
    this.watch = watch;
  }

  /**
   * The transfer is at this place of the object, be it for the first time or again.
   *
   * @throws CancellationException when the watch ends the transfer, and from then on
   */
  void reached(long offset) {
    throwEnd();
    long news = Math.max(0, offset - told);
    told += news;
    try {
      watch.moved(news);
    } catch (CancellationException e) {
      end = e;
      throw e;
    }
  }

  /** That the watch has ended the transfer, if it has, whatever became of that on its way. */
  void throwEnd() {
    if (end != null) {
      throw end;
    }
  }
}
