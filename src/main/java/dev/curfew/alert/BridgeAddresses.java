package dev.curfew.alert;

import dev.curfew.auth.Authorisation;
import dev.curfew.auth.EventReach;
import dev.curfew.auth.Principal;
import dev.curfew.fault.CurfewException;
import dev.curfew.fault.ErrorCode;
import dev.curfew.realm.SessionDetail;
import dev.curfew.store.EventFilter;
import dev.curfew.store.EventStore;
import dev.curfew.store.RealmStore;
import dev.curfew.store.SessionQueries;
import io.vertx.core.Future;
import java.util.Optional;
import java.util.Set;

/** Which events stand behind an address of the bridge, for those who may have them. */
public final class BridgeAddresses {
  private final EventStore events;
  private final SessionQueries sessions;
  private final RealmStore realms;

  public BridgeAddresses(EventStore events, SessionQueries sessions, RealmStore realms) {
    this.events = events;
    this.sessions = sessions;
    this.realms = realms;
  }

  /**
   * @return fails with FORBIDDEN for another user's, and with NOT_FOUND for what does not exist or
   *     is of a realm that the caller may not know of
   */
  Future<EventFilter> filter(Principal principal, BridgeAddress address) {
    try {
      EventReach reach = Authorisation.requireEvents(principal);
      if (address instanceof BridgeAddress.OfUser user) {
        return ofUser(reach, user.numericId());
      }
      return address instanceof BridgeAddress.OfSession session
          ? ofSession(principal, reach, session)
          : ofRealm(principal, reach, ((BridgeAddress.OfRealm) address).name());
    } catch (CurfewException refusal) {
      return Future.failedFuture(refusal);
    }
  }

  private Future<EventFilter> ofUser(EventReach reach, long numericId) {
    EventFilter filter =
        new EventFilter(reach.realmId(), Set.of(numericId), null, null, reach.sessionsOnly());
    Integer only = reach.userId();
    if (only != null) {
      return only == numericId
          ? Future.succeededFuture(filter)
          : Future.failedFuture(CurfewException.of(ErrorCode.FORBIDDEN, "Events of another user"));
    }
    return events
        .users(reach.realmId(), Long.toString(numericId))
        .map(
            users -> {
              if (!users.contains(numericId)) {
                throw CurfewException.notFound("User " + numericId);
              }
              return filter;
            });
  }

  private Future<EventFilter> ofSession(
      Principal principal, EventReach reach, BridgeAddress.OfSession address) {
    return sessions
        .find(address.id())
        .map(
            found -> {
              SessionDetail session = known(found, "Session " + address.id());
              Authorisation.requireOwner(
                  principal,
                  session.realmId(),
                  session.user().numericId(),
                  Authorisation.Intent.READ,
                  "Session " + address.id());
              return new EventFilter(
                  session.realmId(), null, address.id(), null, reach.sessionsOnly());
            });
  }

  private Future<EventFilter> ofRealm(Principal principal, EventReach reach, String name) {
    return realms
        .find(name)
        .map(
            found -> {
              int id = known(found, "Realm " + name).id();
              Authorisation.requireReader(principal, id, "Realm " + name);
              return new EventFilter(id, null, null, null, reach.sessionsOnly());
            });
  }

  private static <T> T known(Optional<T> found, String what) {
    return found.orElseThrow(() -> CurfewException.notFound(what));
  }
}
