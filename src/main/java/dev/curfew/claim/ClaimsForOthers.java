package dev.curfew.claim;

import dev.curfew.bus.Bus;
import dev.curfew.bus.ClaimQuestion;
import dev.curfew.bus.Claims;
import dev.curfew.bus.ClaimsGranted;
import dev.curfew.bus.Routes;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;

/** Claims, handed out to members that hand out none themselves. */
public final class ClaimsForOthers extends VerticleBase {
  /** How long somebody who got no answer can still say so. */
  private static final Duration REMEMBERED = Duration.ofSeconds(30);

  private final Claims claims;
  private final Bus bus;
  private final UUID self;
  private final Map<UUID, Claims.Ticket> handedOut = new HashMap<>();

  /**
   * @param claims those of this node
   * @param self the member that others ask
   */
  public ClaimsForOthers(Claims claims, Bus bus, UUID self) {
    this.claims = claims;
    this.bus = bus;
    this.self = self;
  }

  @Override
  public Future<?> start() {
    return bus.serve(Routes.CLAIMS, self, this::answer);
  }

  private Future<ClaimsGranted> answer(ClaimQuestion question) {
    return question instanceof ClaimQuestion.Ask ask ? claim(ask) : withdraw(question.id());
  }

  private Future<ClaimsGranted> claim(ClaimQuestion.Ask ask) {
    Claims.Ticket ticket = claims.claim(ask.work(), ask.instance(), ask.most(), Duration.ZERO);
    handedOut.put(ask.id(), ticket);
    return ticket
        .granted()
        .onFailure(failure -> handedOut.remove(ask.id()))
        .map(
            granted -> {
              if (granted.isEmpty()) {
                handedOut.remove(ask.id());
              } else {
                vertx.setTimer(REMEMBERED.toMillis(), over -> handedOut.remove(ask.id()));
              }
              return new ClaimsGranted(granted);
            });
  }

  /** Comes after the claim that it withdraws: what one member sends another keeps its order. */
  private Future<ClaimsGranted> withdraw(UUID id) {
    Claims.Ticket ticket = handedOut.remove(id);
    if (ticket != null) {
      ticket.cancel();
    }
    return Future.succeededFuture(ClaimsGranted.NONE);
  }
}
