package dev.curfew.alert;

import dev.curfew.auth.Principal;
import dev.curfew.fault.CurfewException;
import dev.curfew.fault.ErrorCode;
import dev.curfew.store.EventCursor;
import dev.curfew.store.EventFilter;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One client of the bridge. Its frames are obeyed one after the other, each answered before the
 * next begins; what they register is told as fast as the client reads. All on the connection's
 * event loop.
 */
final class BridgeConnection {
  private static final Logger LOG = LoggerFactory.getLogger(BridgeConnection.class);

  /** Frames that may wait while one is being answered. */
  private static final int MOST_WAITING = 256;

  /** Times the interval of pings that a client may be silent. */
  private static final int PATIENCE = 3;

  private static final String STOPPING = "the node stops; connect to another, or again";

  private final EventBridge bridge;
  private final Vertx vertx;
  private final Context context;
  private final BridgeTransport transport;
  private final Function<@Nullable String, Future<Principal>> authentication;
  private final AlertHub.Options options;
  private final InFlight inFlight;
  private final Deque<BridgeFrame> waiting = new ArrayDeque<>();
  private final Map<String, BridgeRegistration> registrations = new LinkedHashMap<>();
  private final long watch;
  private boolean busy = true;
  private boolean closing;
  private boolean gone;
  private long linger = -1;
  private long heardAt = System.nanoTime();

  /**
   * On the event loop that the transport is on.
   *
   * @param authentication says who presents a credential; null for that of the connection itself
   */
  BridgeConnection(
      EventBridge bridge,
      Vertx vertx,
      BridgeTransport transport,
      Function<@Nullable String, Future<Principal>> authentication) {
    this.bridge = bridge;
    this.vertx = vertx;
    this.context = vertx.getOrCreateContext();
    this.transport = transport;
    this.authentication = authentication;
    this.options = bridge.hub().options();
    this.inFlight = new InFlight(options.stall(), this::drained);
    this.watch = vertx.setPeriodic(options.ping().toMillis(), fired -> listen());
    bridge.opened(this);
    bridge
        .hub()
        .here()
        .onComplete(
            joined ->
                context.runOnContext(
                    none -> {
                      if (joined.failed()) {
                        close(CloseCode.GOING_AWAY, STOPPING);
                      } else {
                        busy = false;
                        obeyNext();
                      }
                    }));
  }

  BridgeWire wire() {
    return transport.wire();
  }

  /** Takes a frame, on whose size the transport has looked. */
  void received(Buffer text) {
    if (closing) {
      return;
    }
    heardAt = System.nanoTime();
    if (waiting.size() == MOST_WAITING) {
      close(CloseCode.POLICY_VIOLATION, "too many frames at once");
      return;
    }
    try {
      waiting.add(BridgeFrame.parse(text));
      obeyNext();
    } catch (BridgeFrame.Malformed malformed) {
      refuse(null, null, malformed.refusal());
    }
  }

  private void obeyNext() {
    while (!busy && !closing && !inFlight.isFull()) {
      BridgeFrame frame = waiting.poll();
      if (frame == null) {
        return;
      }
      obey(frame);
    }
  }

  private void obey(BridgeFrame frame) {
    switch (frame.type()) {
      case PING -> {
        String pong = wire().pong();
        if (pong != null) {
          write(pong);
        }
      }
      case SEND, PUBLISH -> refuse(frame.replyAddress(), frame.address(), BridgeRefusal.INBOUND);
      case UNREGISTER -> unregister(frame.address());
      case REGISTER -> register(frame);
    }
  }

  private void unregister(String address) {
    BridgeRegistration registration = registrations.remove(address);
    if (registration != null) {
      registration.end();
      bridge.registrationEnded();
    } else {
      refuse(null, address, BridgeRefusal.NOT_REGISTERED);
    }
  }

  private record Admitted(
      Admission admission,
      EventFilter filter,
      @Nullable EventCursor after,
      LocalConnections here) {}

  private void register(BridgeFrame frame) {
    String address = frame.address();
    if (registrations.containsKey(address)) {
      refuse(address, address, BridgeRefusal.REGISTERED);
      return;
    }
    if (registrations.size() == EventBridge.MOST_REGISTRATIONS) {
      refuse(address, address, BridgeRefusal.tooManyRegistrations(EventBridge.MOST_REGISTRATIONS));
      return;
    }
    busy = true;
    admit(frame)
        .onComplete(
            admitted ->
                context.runOnContext(
                    none -> {
                      busy = false;
                      if (admitted.succeeded()) {
                        begin(address, admitted.result());
                      } else {
                        refuse(address, address, refusal(admitted.cause()));
                      }
                      obeyNext();
                    }));
  }

  private Future<Admitted> admit(BridgeFrame frame) {
    Supplier<Future<Principal>> credential = () -> authentication.apply(frame.credential());
    return credential
        .get()
        .compose(
            principal -> {
              BridgeAddress address = BridgeAddress.parse(frame.address());
              if (address == null) {
                throw CurfewException.of(
                    ErrorCode.FORBIDDEN, BridgeRefusal.NO_SUCH_ADDRESS.message());
              }
              String after = frame.after();
              EventCursor cursor = after == null ? null : EventCursor.parse("after", after);
              return bridge
                  .addresses()
                  .filter(principal, address)
                  .compose(
                      filter ->
                          bridge
                              .feed()
                              .requireKnown("after", cursor)
                              .compose(known -> bridge.hub().here())
                              .map(
                                  here ->
                                      new Admitted(
                                          new Admission(principal, credential),
                                          filter,
                                          cursor,
                                          here)));
            });
  }

  private static BridgeRefusal refusal(Throwable failure) {
    if (failure instanceof CurfewException known) {
      return BridgeRefusal.of(known);
    }
    LOG.error("A registration failed", failure);
    return BridgeRefusal.of(CurfewException.of(ErrorCode.INTERNAL, "Internal error"));
  }

  private void begin(String address, Admitted admitted) {
    if (closing) {
      return;
    }
    BridgeRegistration registration =
        new BridgeRegistration(
            this,
            admitted.here(),
            address,
            admitted.admission(),
            admitted.filter(),
            admitted.after());
    registrations.put(address, registration);
    bridge.registrationBegan();
    registration.begin();
  }

  /** Ends a registration, and says why. */
  void end(String address, BridgeRefusal why) {
    BridgeRegistration registration = registrations.remove(address);
    if (registration != null) {
      registration.end();
      bridge.registrationEnded();
      write(wire().err(address, address, why));
    }
  }

  /**
   * Refuses a frame; who sends little else is cut off.
   *
   * @param address under which the client waits for an answer
   * @param about the address that the frame named
   */
  private void refuse(@Nullable String address, @Nullable String about, BridgeRefusal why) {
    if (closing) {
      return;
    }
    write(wire().err(address, about, why));
    if (!bridge.toleratesAnotherRefusal(this)) {
      close(CloseCode.POLICY_VIOLATION, "too many frames that are refused");
    }
  }

  /** Sends a frame, even if there is no room; who asks first waits. */
  void write(String frame) {
    if (!closing) {
      inFlight.add(frame.length(), transport.write(frame));
    }
  }

  boolean isFull() {
    return closing || inFlight.isFull();
  }

  boolean isStalled(long now) {
    return !closing && inFlight.isStalled(now);
  }

  /** Each registration in its turn: one that has far to go must not keep the others waiting. */
  private void drained() {
    for (int i = registrations.size(); i > 0 && !isFull(); i--) {
      Map.Entry<String, BridgeRegistration> first = registrations.entrySet().iterator().next();
      String address = first.getKey();
      BridgeRegistration registration = first.getValue();
      registrations.remove(address);
      registrations.put(address, registration);
      registration.pump();
    }
    obeyNext();
  }

  /**
   * Closes what nobody is at the other end of. Clients send pings; only who has registered on TCP,
   * where nothing asks for them, may be silent, and is found by what cannot be sent to it.
   */
  private void listen() {
    long now = System.nanoTime();
    boolean maySilent = transport.wire() == BridgeWire.TCP && !registrations.isEmpty();
    if (inFlight.isStalled(now) && registrations.isEmpty()) {
      close(CloseCode.TRY_AGAIN_LATER, "reading too slowly");
    } else if (!maySilent && now - heardAt > PATIENCE * options.ping().toNanos()) {
      close(CloseCode.PROTOCOL_ERROR, "nothing was heard for too long");
    }
  }

  /** The node stops; called on any thread. */
  void goAway() {
    context.runOnContext(none -> close(CloseCode.GOING_AWAY, STOPPING));
  }

  /** Says why and closes; a peer that does not let that through is disconnected after a while. */
  void close(CloseCode code, String reason) {
    if (closing) {
      return;
    }
    LOG.debug("{} closed: {}, {}", transport.peer(), code, reason);
    stop();
    linger = vertx.setTimer(options.linger().toMillis(), timer -> transport.disconnect());
    transport.close(code, reason);
  }

  /** The connection is gone, whoever closed it. */
  void gone() {
    if (!gone) {
      gone = true;
      stop();
      vertx.cancelTimer(linger);
      bridge.closed(this);
    }
  }

  private void stop() {
    if (closing) {
      return;
    }
    closing = true;
    vertx.cancelTimer(watch);
    waiting.clear();
    List<BridgeRegistration> ended = new ArrayList<>(registrations.values());
    registrations.clear();
    ended.forEach(
        registration -> {
          registration.end();
          bridge.registrationEnded();
        });
  }
}
