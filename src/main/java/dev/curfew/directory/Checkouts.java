package dev.curfew.directory;

import dev.curfew.auth.Authorisation;
import dev.curfew.auth.Principal;
import dev.curfew.bus.Sessions;
import dev.curfew.fault.CurfewException;
import dev.curfew.realm.Checkout;
import dev.curfew.session.Command;
import dev.curfew.session.EndReason;
import dev.curfew.session.NewSession;
import dev.curfew.session.Outcome;
import dev.curfew.session.SessionKind;
import dev.curfew.store.CheckoutStore;
import io.vertx.core.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/** Credentials lent for a time, each with its PSM session. */
public final class Checkouts {
  private final CheckoutStore store;
  private final Credentials credentials;
  private final SessionOpenings openings;
  private final SessionEndings endings;
  private final Sessions sessions;
  private final LongSupplier clock;

  Checkouts(
      CheckoutStore store,
      Credentials credentials,
      SessionOpenings openings,
      SessionEndings endings,
      Sessions sessions,
      LongSupplier clock) {
    this.store = store;
    this.credentials = credentials;
    this.openings = openings;
    this.endings = endings;
    this.sessions = sessions;
    this.clock = clock;
  }

  /**
   * Opens the checkout together with its session. The credential belongs to the caller's realm, or
   * the caller administers all.
   *
   * @return fails as {@link SessionOpenings#open} does, and with NOT_FOUND for an unknown
   *     credential
   */
  public Future<Checkout> open(Principal by, NewCheckout wanted) {
    String what = "Credential " + wanted.credentialId();
    String targetHost =
        FieldRules.optionalName("targetHost", wanted.targetHost(), FieldRules.LONGEST_HOST);
    SessionRequest session =
        SessionRequest.of(SessionKind.PSM)
            .forUser(wanted.userId())
            .lasting(wanted.duration())
            .ownedBy(wanted.processInstance());
    return credentials
        .find(wanted.credentialId())
        .compose(
            credential -> {
              Authorisation.requireRealm(by, credential.realmId(), what);
              return store.nextId();
            })
        .compose(
            id ->
                openings
                    .open(
                        by,
                        session,
                        new NewSession.CheckoutOpening(id, wanted.credentialId(), targetHost))
                    .compose(opened -> find(id)));
  }

  /** For its user, administrators, auditors, and gateways of the realm. */
  public Future<Checkout> get(Principal by, long id) {
    return get(by, id, Authorisation.Intent.READ);
  }

  private Future<Checkout> get(Principal by, long id, Authorisation.Intent intent) {
    return find(id)
        .map(
            checkout -> {
              Authorisation.requireOwnerOrGateway(
                  by, checkout.realmId(), checkout.user().numericId(), intent, what(id));
              return checkout;
            });
  }

  /**
   * Ends the checkout's session and closes it. Doing it again changes nothing. For its user,
   * administrators, and gateways of the realm.
   *
   * @return the checkout as it is after that
   */
  public Future<Checkout> checkin(Principal by, long id) {
    return get(by, id, Authorisation.Intent.CHANGE)
        .compose(
            checkout -> checkout.open() ? close(by, checkout) : Future.succeededFuture(checkout));
  }

  private Future<Checkout> close(Principal by, Checkout open) {
    Command stop =
        new Command.Stop(
            open.sessionId(), by.initiator(open.user().numericId()), EndReason.CHECKED_IN);
    return sessions
        .ask(stop)
        .compose(
            outcome -> {
              if (outcome instanceof Outcome.Refused refused) {
                throw refused.toException();
              }
              // The shard undoes it as well; whoever is first does it, and here it is waited for.
              return endings.undo(open.sessionId()).compose(undone -> find(open.id()));
            });
  }

  /** Whole minutes until its session's deadline, rounded down; 0 once it is over. */
  public Future<Long> remainingMinutes(Principal by, long id) {
    return get(by, id)
        .map(
            checkout ->
                checkout.open() && checkout.sessionState().live()
                    ? TimeUnit.MILLISECONDS.toMinutes(
                        Math.max(0, checkout.expiresAt() - clock.getAsLong()))
                    : 0L);
  }

  private Future<Checkout> find(long id) {
    return store.find(id).map(found -> found.orElseThrow(() -> CurfewException.notFound(what(id))));
  }

  private static String what(long id) {
    return "Checkout " + id;
  }

  /**
   * A checkout's id from its text.
   *
   * @throws CurfewException INVALID_FIELD when it cannot be one
   */
  public static long id(String field, String text) {
    if (text.isEmpty() || text.length() > 18 || !text.chars().allMatch(c -> c >= '0' && c <= '9')) {
      throw CurfewException.invalid(field, "must be the id of a checkout");
    }
    return Long.parseLong(text);
  }
}
