package dev.curfew.audit;

import dev.curfew.auth.Authorisation;
import dev.curfew.auth.Principal;
import dev.curfew.auth.Role;
import dev.curfew.auth.SealKey;
import dev.curfew.fault.CurfewException;
import dev.curfew.realm.Realm;
import dev.curfew.store.Database;
import dev.curfew.store.RealmStore;
import dev.curfew.store.Seal;
import dev.curfew.store.SealBatch;
import dev.curfew.store.SealStore;
import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The seals for those who ask, within what they may see: administrators and auditors their realm's,
 * administrators of all everything.
 */
public final class Audit {
  private static final int MOST_REALMS = 10_000;

  private final SealStore store;
  private final RealmStore realms;
  private final LogVerification verification;

  public Audit(Database database, SealKey key) {
    this.store = new SealStore(database);
    this.realms = new RealmStore(database);
    this.verification = new LogVerification(database, key);
  }

  /**
   * What of the log is asked for.
   *
   * @param realm name of the one realm whose events are looked at; null for all that the caller may
   *     see
   * @param after the batch after which to begin; null for the beginning
   * @param from without {@code after}: the time from which on what was sealed is looked at, in
   *     epoch milliseconds; null for the beginning
   * @param expected heads that must still be there
   */
  public record Request(
      @Nullable String realm, @Nullable Long after, @Nullable Long from, List<Head> expected) {
    public Request {
      expected = List.copyOf(expected);
    }
  }

  /**
   * What a step found.
   *
   * @param realm what the step was about; null for all realms
   * @param heads after the last step: what to note
   * @param names of the realms in the findings, by their ids
   */
  public record Answer(
      @Nullable String realm, VerifiedPart part, List<Head> heads, Map<Integer, String> names) {}

  /**
   * One step of a verification.
   *
   * @return fails with NOT_FOUND for a realm that the caller does not know, or FORBIDDEN
   */
  public Future<Answer> verify(Principal by, Request request) {
    return scope(by, request.realm())
        .compose(
            scope ->
                start(request)
                    .compose(after -> verification.step(id(scope), after))
                    .compose(
                        part ->
                            expected(by, request, part)
                                .compose(whole -> answer(scope.orElse(null), whole))));
  }

  /** The one realm that is asked for and may be; empty for all. */
  private Future<Optional<Realm>> scope(Principal by, @Nullable String name) {
    if (name == null && by.is(Role.ADMIN)) {
      return Future.succeededFuture(Optional.empty());
    }
    return realm(by, name).map(Optional::of);
  }

  private Future<Realm> realm(Principal by, @Nullable String name) {
    Future<Realm> found =
        name == null
            ? realms.get(by.realmId())
            : realms
                .find(name)
                .map(realm -> realm.orElseThrow(() -> CurfewException.notFound("Realm " + name)));
    return found.map(
        realm -> {
          Authorisation.requireReader(by, realm.id(), "Realm " + realm.name());
          return realm;
        });
  }

  private static @Nullable Integer id(Optional<Realm> realm) {
    return realm.isPresent() ? Integer.valueOf(realm.get().id()) : null;
  }

  private Future<Long> start(Request request) {
    Long after = request.after();
    Long from = request.from();
    if (after != null) {
      return Future.succeededFuture(after);
    }
    return from == null ? Future.succeededFuture(0L) : verification.batchBefore(from);
  }

  private Future<VerifiedPart> expected(Principal by, Request request, VerifiedPart part) {
    Future<List<Finding>> findings = Future.succeededFuture(new ArrayList<>(part.findings()));
    for (Head head : request.expected()) {
      findings =
          findings.compose(
              list ->
                  expected(by, head)
                      .map(
                          finding -> {
                            finding.ifPresent(list::add);
                            return list;
                          }));
    }
    return findings.map(part::with);
  }

  private Future<Optional<Finding>> expected(Principal by, Head head) {
    String name = head.realm();
    return name == null
        ? verification.expect(null, head)
        : realm(by, name).compose(realm -> verification.expect(realm.id(), head));
  }

  private Future<Answer> answer(@Nullable Realm realm, VerifiedPart part) {
    return visible(realm)
        .compose(
            visible -> {
              Map<Integer, String> names = new HashMap<>();
              visible.forEach(one -> names.put(one.id(), one.name()));
              String name = realm == null ? null : realm.name();
              return part.next() != null
                  ? Future.succeededFuture(new Answer(name, part, List.of(), names))
                  : heads(realm == null, visible)
                      .map(heads -> new Answer(name, part, heads, names));
            });
  }

  private Future<List<Realm>> visible(@Nullable Realm only) {
    return only == null
        ? realms.list(null, "", MOST_REALMS)
        : Future.succeededFuture(List.of(only));
  }

  private Future<List<Head>> heads(boolean all, List<Realm> of) {
    return store
        .heads(of.stream().map(Realm::id).toList())
        .compose(
            heads ->
                (all ? store.progress().map(SealStore.Progress::last) : none())
                    .map(
                        last -> {
                          List<Head> texts = new ArrayList<>();
                          if (last != null) {
                            texts.add(new Head(null, last.number(), last.hash()));
                          }
                          for (Realm realm : of) {
                            Seal head = heads.get(realm.id());
                            if (head != null) {
                              texts.add(new Head(realm.name(), head.number(), head.hash()));
                            }
                          }
                          return texts;
                        }));
  }

  private static Future<@Nullable SealBatch> none() {
    return Future.succeededFuture(null);
  }

  /**
   * The seals of a realm.
   *
   * @param realm its name
   */
  public record RealmSeals(String realm, List<SealStore.TimedSeal> seals) {}

  /**
   * Seals of a realm, the newest first.
   *
   * @param realm null for the caller's own
   * @param below only those with a lower number
   */
  public Future<RealmSeals> seals(Principal by, @Nullable String realm, long below, int most) {
    return realm(by, realm)
        .compose(
            found ->
                store
                    .ofRealm(found.id(), below, most)
                    .map(seals -> new RealmSeals(found.name(), seals)));
  }
}
