package dev.curfew.directory;

import dev.curfew.auth.Authorisation;
import dev.curfew.auth.Principal;
import dev.curfew.auth.Role;
import dev.curfew.bus.Sessions;
import dev.curfew.fault.CurfewException;
import dev.curfew.fault.ErrorCode;
import dev.curfew.realm.ActiveSession;
import dev.curfew.session.Command;
import dev.curfew.session.Outcome;
import dev.curfew.session.SessionState;
import dev.curfew.store.ActiveSessionQuery;
import dev.curfew.store.ActiveSessionStore;
import dev.curfew.store.ActiveSessionStore.Place;
import dev.curfew.store.ActiveSessionStore.Placed;
import dev.curfew.store.ActiveSessionStore.Sort;
import dev.curfew.store.ActiveSessionStore.Standing;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Sessions that are not over: watched by administrators and auditors, revoked by the former. */
public final class ActiveSessions {
  /** Most sessions that one call revokes. */
  public static final int MOST_REVOKED = 10_000;

  /**
   * Commands under way at once. Their shards' decisions meet in a few large statements, which is
   * what makes many revocations cheap; more at once would only wait longer.
   */
  private static final int UNDER_WAY = 5_000;

  /** Of a UUID's text. */
  private static final int ID_LENGTH = 36;

  private final ActiveSessionStore store;
  private final Realms realms;
  private final Users users;
  private final Sessions sessions;

  ActiveSessions(ActiveSessionStore store, Realms realms, Users users, Sessions sessions) {
    this.store = store;
    this.realms = realms;
    this.users = users;
    this.sessions = sessions;
  }

  // Watching

  /**
   * How a list is ordered.
   *
   * @param descends the greatest first
   */
  public record Order(Sort by, boolean descends) {
    /** What ends first, first. */
    public static final Order USUAL = new Order(Sort.REMAINING, false);

    /** By remaining, started, user or target. */
    public static Optional<Order> named(String name, boolean descends) {
      for (Sort sort : Sort.values()) {
        if (sort.name().toLowerCase(Locale.ROOT).equals(name)) {
          return Optional.of(new Order(sort, descends));
        }
      }
      return Optional.empty();
    }
  }

  /**
   * For administrators and auditors: those of the realm, or all. A page goes on where the one
   * before ended, whatever has ended in between.
   */
  public Future<ActiveSessionPage> list(
      Principal by, ActiveSessionFilter filter, Order order, PageRequest page) {
    @Nullable Place behind = page.key(text -> place(text, order)).orElse(null);
    return query(by, filter)
        .compose(
            query ->
                store
                    .list(query, order.by(), order.descends(), behind, page.rows())
                    .compose(
                        rows ->
                            store
                                .count(query)
                                .map(
                                    total ->
                                        new ActiveSessionPage(
                                            page.page(rows, ActiveSessions::text)
                                                .map(Placed::session),
                                            total))));
  }

  private static String text(Placed row) {
    return row.place().id() + row.place().key();
  }

  private static Place place(String text, Order order) {
    if (text.length() < ID_LENGTH) {
      throw new IllegalArgumentException("not the place of a session");
    }
    Place place =
        new Place(text.substring(ID_LENGTH), UUID.fromString(text.substring(0, ID_LENGTH)));
    if (order.by() == Sort.REMAINING || order.by() == Sort.STARTED) {
      Long.parseLong(place.key());
    }
    return place;
  }

  private Future<ActiveSessionQuery> query(Principal by, ActiveSessionFilter filter) {
    Authorisation.requireReader(by, by.realmId(), "Realm");
    String q = FieldRules.optionalText("q", filter.q(), FieldRules.LONGEST_PERSONAL_NAME);
    String user = filter.user();
    Future<@Nullable Long> userId =
        user == null
            ? Future.succeededFuture(null)
            : users.resolve(by, user).map(found -> (long) found.numericId());
    return realmOf(by, filter.realm())
        .compose(
            realmId -> userId.map(id -> new ActiveSessionQuery(realmId, id, filter.kinds(), q)));
  }

  private Future<@Nullable Integer> realmOf(Principal by, @Nullable String realm) {
    if (realm != null) {
      return realms.resolve(by, realm).map(found -> found.id());
    }
    return Future.succeededFuture(by.is(Role.ADMIN) ? null : by.realmId());
  }

  // Revoking

  /**
   * Takes sessions away. For administrators; sessions of another realm are not found.
   *
   * @param ids at most {@link #MOST_REVOKED}; one named twice counts once
   * @param remark why, in the administrator's words; kept in each session's event
   */
  public Future<Revocation> revoke(Principal by, Collection<UUID> ids, @Nullable String remark) {
    Authorisation.requireAdministrator(by, by.realmId(), "Realm");
    String kept = FieldRules.optionalText("reason", remark, FieldRules.LONGEST_REMARK);
    Set<UUID> wanted = new LinkedHashSet<>(ids);
    if (wanted.size() > MOST_REVOKED) {
      throw CurfewException.invalid("ids", "must have at most " + MOST_REVOKED + " elements");
    }
    return store
        .standings(wanted)
        .compose(
            standings -> {
              Map<UUID, Standing> known = new HashMap<>();
              for (Standing standing : standings) {
                if (by.administers(standing.realmId())) {
                  known.put(standing.id(), standing);
                }
              }
              Revocation.Tally tally = new Revocation.Tally();
              List<UUID> live = new ArrayList<>();
              for (UUID id : wanted) {
                Standing standing = known.get(id);
                if (standing == null) {
                  tally.add(id, Revocation.Fate.NOT_FOUND);
                } else if (standing.state() == SessionState.ENDED) {
                  tally.add(id, Revocation.Fate.ALREADY_ENDED);
                } else {
                  live.add(id);
                }
              }
              return revokeAll(by, live, kept, tally);
            });
  }

  private Future<Revocation> revokeAll(
      Principal by, List<UUID> live, @Nullable String remark, Revocation.Tally tally) {
    Future<Void> waves = Future.succeededFuture();
    for (int from = 0; from < live.size(); from += UNDER_WAY) {
      List<UUID> wave = live.subList(from, Math.min(live.size(), from + UNDER_WAY));
      waves = waves.compose(before -> revokeWave(by, wave, remark, tally));
    }
    return waves.map(done -> tally.result());
  }

  private Future<Void> revokeWave(
      Principal by, List<UUID> wave, @Nullable String remark, Revocation.Tally tally) {
    List<Future<Revocation.Fate>> fates = new ArrayList<>(wave.size());
    for (UUID id : wave) {
      fates.add(
          sessions
              .ask(new Command.Revoke(id, by.administrator(), remark))
              .map(ActiveSessions::fate)
              .otherwise(Revocation.Fate.UNKNOWN));
    }
    return Future.join(fates)
        .map(
            all -> {
              for (int i = 0; i < wave.size(); i++) {
                tally.add(wave.get(i), fates.get(i).result());
              }
              return null;
            });
  }

  private static Revocation.Fate fate(Outcome outcome) {
    if (outcome instanceof Outcome.Done done) {
      return done.changed() ? Revocation.Fate.REVOKED : Revocation.Fate.ALREADY_ENDED;
    }
    return outcome instanceof Outcome.NotLive
        ? Revocation.Fate.ALREADY_ENDED
        : Revocation.Fate.UNKNOWN;
  }

  /**
   * Takes the sessions away that a list shows: exactly those, and only when it still shows as many.
   *
   * @param expected how many the caller has been shown
   * @return empty when there are more or fewer by now: ask {@link #count}
   */
  public Future<Optional<Revocation>> revoke(
      Principal by, ActiveSessionFilter filter, long expected, @Nullable String remark) {
    Authorisation.requireAdministrator(by, by.realmId(), "Realm");
    if (expected > MOST_REVOKED) {
      throw CurfewException.invalid(
          "expected", "must be at most " + MOST_REVOKED + "; narrow the filter");
    }
    return query(by, filter)
        .compose(query -> store.ids(query, (int) expected + 1))
        .compose(
            ids ->
                ids.size() == expected
                    ? revoke(by, ids, remark).map(Optional::of)
                    : Future.succeededFuture(Optional.empty()));
  }

  /** How many {@link #list} would show. */
  public Future<Long> count(Principal by, ActiveSessionFilter filter) {
    return query(by, filter).compose(store::count);
  }

  /**
   * Takes one session away; one that is over stays as it ended. For administrators.
   *
   * @return what became of it; fails with NOT_FOUND, UNAVAILABLE when that is not known
   */
  public Future<Revocation> revokeOne(Principal by, UUID id, @Nullable String remark) {
    return revoke(by, List.of(id), remark)
        .map(
            done -> {
              if (!done.notFound().isEmpty()) {
                throw CurfewException.notFound("Session " + id);
              }
              if (!done.unknown().isEmpty()) {
                throw CurfewException.of(
                    ErrorCode.UNAVAILABLE, "The session's shard did not answer in time");
              }
              return done;
            });
  }

  /** A session as the list shows it, over or not. The caller has opened or revoked it. */
  public Future<ActiveSession> shown(UUID id) {
    return store
        .find(id)
        .map(found -> found.orElseThrow(() -> CurfewException.notFound("Session " + id)));
  }
}
