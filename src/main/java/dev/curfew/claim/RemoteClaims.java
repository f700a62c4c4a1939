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
import java.util.UUID;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The claims of a node that hands out none itself: it asks another. Only claims that do not wait
 * cross the bus; the waiting is done here.
 */
public final class RemoteClaims extends VerticleBase implements Claims {

  /**
   * @param sweep how often parked requests are tried without being woken
   * @param patience how long a member may take to answer
   */
  public record Options(Duration sweep, Duration patience) {
    public static final Options DEFAULT = new Options(Duration.ofSeconds(2), Duration.ofSeconds(5));
  }

  private final ClaimStore store;
  private final Bus bus;
  private final Supplier<List<UUID>> members;
  private final Options options;
  private volatile @Nullable Context home;
  private @Nullable RemoteDesk encode;
  private @Nullable RemoteDesk upload;

  /**
   * @param store where claims that nobody wants any more are given back
   * @param members the live members that hand out claims, at the moment of asking
   */
  public RemoteClaims(ClaimStore store, Bus bus, Supplier<List<UUID>> members, Options options) {
    this.store = store;
    this.bus = bus;
    this.members = members;
    this.options = options;
  }

  @Override
  public Future<?> start() {
    WayBack wayBack = new WayBack(store, bus);
    RemoteDesk encodeDesk = new RemoteDesk(Work.ENCODE, bus, wayBack, members, options, vertx);
    RemoteDesk uploadDesk = new RemoteDesk(Work.UPLOAD, bus, wayBack, members, options, vertx);
    encode = encodeDesk;
    upload = uploadDesk;
    home = context;
    vertx.setPeriodic(
        options.sweep.toMillis(),
        timer -> {
          encodeDesk.wake();
          uploadDesk.wake();
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
    RemoteDesk encodeDesk = encode;
    RemoteDesk uploadDesk = upload;
    return encodeDesk == null || uploadDesk == null
        ? Future.succeededFuture()
        : Future.join(encodeDesk.close(), uploadDesk.close());
  }

  @Override
  public Ticket claim(Work work, String instance, int most, Duration wait) {
    Request request = Request.of(instance, most, wait);
    Context context = home;
    RemoteDesk desk = work == Work.ENCODE ? encode : upload;
    if (context == null || desk == null) {
      request.fail(CurfewException.of(ErrorCode.UNAVAILABLE, "The node asks for no claims"));
      return new RemoteTicket(request, () -> {});
    }
    context.runOnContext(none -> desk.submit(request));
    return new RemoteTicket(request, () -> context.runOnContext(none -> desk.withdraw(request)));
  }

  private record RemoteTicket(Request request, Runnable withdrawal) implements Ticket {
    @Override
    public Future<List<Claim>> granted() {
      return request.future();
    }

    @Override
    public void cancel() {
      withdrawal.run();
    }
  }
}
