package dev.curfew.claim;

import dev.curfew.bus.Bus;
import dev.curfew.bus.Claims;
import dev.curfew.bus.Routes;
import dev.curfew.fault.CurfewException;
import dev.curfew.fault.ErrorCode;
import dev.curfew.lease.Claim;
import dev.curfew.lease.Work;
import dev.curfew.store.ClaimStore;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The claims of one node: a desk for each kind of work, on one event loop. */
public final class ClaimCoordinator extends VerticleBase implements Claims {

  /**
   * @param lease how long a claim holds without a sign of life
   * @param sweep how often parked requests are tried without being woken
   * @param lateness how late a recording's commit may be seen and still be found at once; later
   *     ones are found by a statement that looks at all of them, at every sweep
   */
  public record Options(Duration lease, Duration sweep, Duration lateness) {
    public static Options withLease(Duration lease) {
      return new Options(lease, Duration.ofSeconds(2), Duration.ofMillis(500));
    }
  }

  private final ClaimStore store;
  private final Bus bus;
  private final Options options;
  private volatile @Nullable Context home;
  private @Nullable Desk encode;
  private @Nullable Desk upload;

  public ClaimCoordinator(ClaimStore store, Bus bus, Options options) {
    this.store = store;
    this.bus = bus;
    this.options = options;
  }

  @Override
  public Future<?> start() {
    Desk encodeDesk = new Desk(Work.ENCODE, store, bus, options, vertx);
    Desk uploadDesk = new Desk(Work.UPLOAD, store, bus, options, vertx);
    encode = encodeDesk;
    upload = uploadDesk;
    home = context;
    vertx.setPeriodic(
        options.sweep.toMillis(),
        timer -> {
          encodeDesk.sweep();
          uploadDesk.sweep();
        });
    return bus.subscribe(
        Routes.RECORDING_READY,
        ready -> {
          encodeDesk.wake();
          uploadDesk.wake();
        });
  }

  @Override
  public Future<?> stop() {
    home = null;
    Desk encodeDesk = encode;
    Desk uploadDesk = upload;
    return encodeDesk == null || uploadDesk == null
        ? Future.succeededFuture()
        : Future.join(encodeDesk.close(), uploadDesk.close());
  }

  @Override
  public Ticket claim(Work work, String instance, int most, Duration wait) {
    Request request = Request.of(instance, most, wait);
    Context context = home;
    Desk desk = work == Work.ENCODE ? encode : upload;
    if (context == null || desk == null) {
      request.fail(CurfewException.of(ErrorCode.UNAVAILABLE, "The node does not hand out claims"));
      return new RequestTicket(request, null, null);
    }
    context.runOnContext(none -> desk.submit(request));
    return new RequestTicket(request, desk, context);
  }

  private record RequestTicket(Request request, @Nullable Desk desk, @Nullable Context context)
      implements Ticket {
    @Override
    public Future<List<Claim>> granted() {
      return request.future();
    }

    @Override
    public void cancel() {
      if (desk != null && context != null) {
        context.runOnContext(none -> desk.withdraw(request));
      }
    }
  }
}
