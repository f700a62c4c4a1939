package dev.curfew.bus;

import dev.curfew.lease.Claim;
import dev.curfew.lease.Work;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.List;

/** The way to recordings that wait for a worker. */
public interface Claims {

  /** The longest that a claim may wait for work. */
  Duration LONGEST_WAIT = Duration.ofSeconds(60);

  /** The most recordings that one claim may ask for. */
  int MOST = 100;

  /**
   * Asks for recordings. What is granted is already the instance's own: at its stage, with its
   * lease running.
   *
   * @param instance the worker's name, not blank
   * @param most from 1 to {@link #MOST}
   * @param wait how long to wait for the first when none is ready; zero for not at all; longer than
   *     {@link #LONGEST_WAIT} counts as that
   */
  Ticket claim(Work work, String instance, int most, Duration wait);

  /** A claim that was asked for. */
  interface Ticket {
    /**
     * The recordings granted, on the context of whoever asked: at least one, or none when the wait
     * is over. Fails with {@link dev.curfew.fault.CurfewException} UNAVAILABLE.
     */
    Future<List<Claim>> granted();

    /**
     * Whoever asked has gone: nothing is granted from now on, and what was granted already is given
     * back. For a claim whose answer cannot be delivered.
     */
    void cancel();
  }
}
