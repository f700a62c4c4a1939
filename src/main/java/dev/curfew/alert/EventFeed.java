package dev.curfew.alert;

import dev.curfew.auth.Authorisation;
import dev.curfew.auth.EventReach;
import dev.curfew.auth.Principal;
import dev.curfew.fault.CurfewException;
import dev.curfew.fault.ErrorCode;
import dev.curfew.store.EventCursor;
import dev.curfew.store.EventFilter;
import dev.curfew.store.EventStore;
import dev.curfew.store.EventWindow;
import dev.curfew.store.LoggedEvent;
import dev.curfew.store.RealmStore;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** The event log for those who ask, within what they may see. */
public final class EventFeed {
  /** How long one poll looks for the first event that satisfies it. */
  private static final long PATIENCE = TimeUnit.SECONDS.toNanos(10);

  private final EventStore store;
  private final RealmStore realms;

  public EventFeed(EventStore store, RealmStore realms) {
    this.store = store;
    this.realms = realms;
  }

  /**
   * Some events, in order.
   *
   * @param next where to go on; there always is one, also when there are no events
   */
  public record Page(List<LoggedEvent> items, EventCursor next) {
    /** The body of the answer: {@code {"items":[...],"next":"..."}}. */
    public Buffer toJson() {
      StringBuilder json = new StringBuilder(64 + items.size() * 640).append("{\"items\":[");
      for (int i = 0; i < items.size(); i++) {
        json.append(i == 0 ? "" : ",").append(EventEnvelope.of(items.get(i)));
      }
      return Buffer.buffer(
          json.append("],\"next\":\"").append(next.text()).append("\"}").toString());
    }
  }

  /**
   * What comes after the query's cursor, or from the log's beginning without one.
   *
   * @param limit most events in one page
   * @return fails with FORBIDDEN, with NOT_FOUND for a realm that the caller may not know of, with
   *     BAD_CURSOR or INVALID_FIELD naming the parameter, or with UNAVAILABLE
   */
  public Future<Page> poll(Principal principal, EventQuery query, int limit) {
    EventCursor after = query.after();
    return filter(principal, query)
        .compose(
            filter ->
                firstPage(
                    after == null ? EventCursor.START : after,
                    filter,
                    query.window(),
                    limit,
                    System.nanoTime() + PATIENCE));
  }

  /** Goes through pages without events, so that an empty answer means the end of the log. */
  private Future<Page> firstPage(
      EventCursor after, EventFilter filter, EventWindow window, int limit, long giveUpAt) {
    return store
        .read(after, filter, window, limit)
        .compose(
            page ->
                page.events().isEmpty() && page.more() && System.nanoTime() < giveUpAt
                    ? firstPage(page.next(), filter, window, limit, giveUpAt)
                    : Future.succeededFuture(new Page(page.events(), page.next())));
  }

  /** What a caller asks for, whenever it happened, cut down to what they may see. */
  Future<EventFilter> filter(Principal principal, EventQuery query) {
    EventReach reach;
    try {
      reach = Authorisation.requireEvents(principal);
    } catch (CurfewException refusal) {
      return Future.failedFuture(refusal);
    }
    return narrowed(principal, reach, query.realm())
        .compose(
            within ->
                users(principal, within, query.user())
                    .map(
                        users ->
                            new EventFilter(
                                within.realmId(),
                                users,
                                query.sessionId(),
                                query.types(),
                                within.sessionsOnly())));
  }

  private Future<EventReach> narrowed(
      Principal principal, EventReach reach, @Nullable String realm) {
    if (realm == null) {
      return Future.succeededFuture(reach);
    }
    String what = "Realm " + realm;
    return realms
        .find(realm)
        .map(
            found -> {
              int id = found.orElseThrow(() -> CurfewException.notFound(what)).id();
              Authorisation.requireRealm(principal, id, what);
              return new EventReach(id, reach.userId(), reach.sessionsOnly());
            });
  }

  private Future<@Nullable Set<Long>> users(
      Principal principal, EventReach reach, @Nullable String wanted) {
    Integer only = reach.userId();
    if (only != null) {
      return wanted == null || isSelf(principal, wanted)
          ? Future.succeededFuture(Set.of(only.longValue()))
          : Future.failedFuture(CurfewException.of(ErrorCode.FORBIDDEN, "Events of another user"));
    }
    if (wanted == null) {
      return Future.succeededFuture(null);
    }
    return store
        .users(reach.realmId(), wanted)
        .compose(
            users ->
                users.isEmpty()
                    ? Future.failedFuture(CurfewException.invalid("user", "names nobody"))
                    : Future.succeededFuture(users));
  }

  private static boolean isSelf(Principal principal, String user) {
    return user.equalsIgnoreCase(principal.userUuid().toString())
        || user.equals(Integer.toString(principal.userId()))
        || user.equalsIgnoreCase(principal.username());
  }

  /**
   * Fails with BAD_CURSOR for a cursor that this installation cannot have issued.
   *
   * @param field what the request calls it
   */
  Future<Void> requireKnown(String field, @Nullable EventCursor after) {
    return after == null ? Future.succeededFuture() : store.requireKnown(field, after);
  }
}
