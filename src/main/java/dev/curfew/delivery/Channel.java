package dev.curfew.delivery;

import dev.curfew.store.DueDelivery;
import io.vertx.core.Future;

/**
 * How the messages of one kind of lane are sent. The engine calls it for one message of a lane at a
 * time, in order, and repeats, waits and gives up by what it returns.
 */
public interface Channel {
  /** The kind of lanes that it serves: {@code webhook}, {@code set} or {@code agent}. */
  String kind();

  /**
   * Renders the message and makes one attempt to deliver it. Called on the engine's event loop and
   * must not block it; may be asked for the same message again after an attempt that succeeded.
   *
   * @return what came of it; a failed future counts as {@link Attempt.Failed}
   */
  Future<Attempt> send(DueDelivery due);
}
