package dev.curfew.recording;

import dev.curfew.bus.Claims;
import dev.curfew.lease.Claim;
import dev.curfew.store.StageDetails;
import io.vertx.core.Future;
import java.time.Duration;

/**
 * From whom a worker gets its work and to whom it reports: the node it runs in, or one far away.
 * Used on one event loop.
 *
 * <p>Futures fail with {@link dev.curfew.fault.CurfewException}: UNAVAILABLE or RATE_LIMITED when
 * nobody knows whether it was done and the same is worth asking again, which is always harmless;
 * NOT_OWNER or NOT_FOUND when the claim is no longer the worker's; UNAUTHENTICATED or FORBIDDEN
 * when the worker is not let in at all.
 */
public interface WorkSite {

  /** What the worker is called where it works. */
  String instance();

  /**
   * Before the first claim: puts back what earlier runs of the worker left, where that is known.
   */
  Future<Void> begin();

  /** Asks for one recording, see {@link Claims#claim}. */
  Claims.Ticket claim(Duration wait);

  /** How long a claim holds without a sign of life; known once something was claimed. */
  Duration lease();

  /** The worker is alive and still at it. */
  Future<Void> renew(Claim claim);

  /** The work is done. */
  Future<Void> done(Claim claim, StageDetails details);

  /**
   * This attempt came to nothing.
   *
   * @param rest how long the recording rests before it can be claimed again
   */
  Future<Void> failed(Claim claim, Duration rest, String reason);

  /**
   * The worker cannot go on through no fault of the recording: the claim goes back unharmed, the
   * attempt does not count.
   *
   * @param rest as for {@link #failed}
   */
  Future<Void> handBack(Claim claim, Duration rest, String reason);

  /**
   * Something that the work needs is away: the claim goes back unharmed, and the recording rests
   * for longer each time in a row.
   */
  Future<Void> postpone(Claim claim, String reason);

  /**
   * Tells how far the work has come, from any thread.
   *
   * @param fraction from 0 to 1
   */
  void progress(Claim claim, double fraction);

  /** The claim is not worked on any more, however that came. */
  void over(Claim claim);
}
