package dev.curfew.storage;

import java.util.concurrent.CancellationException;

/** Whoever watches a transfer. Called on the thread that transfers. */
public interface Watch {

  /** Nobody. */
  Watch NONE = bytes -> {};

  /**
   * So many bytes more have been sent, or were found to be there already. Called at least once for
   * every mebibyte or part.
   *
   * @throws CancellationException to end the transfer; it is thrown on by the call
   */
  void moved(long bytes);
}
