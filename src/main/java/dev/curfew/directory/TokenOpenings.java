package dev.curfew.directory;

import dev.curfew.auth.SessionTokenFormat;
import dev.curfew.auth.TokenHash;
import dev.curfew.bus.Sessions;
import dev.curfew.config.Secret;
import dev.curfew.fault.CurfewException;
import dev.curfew.fault.ErrorCode;
import dev.curfew.realm.Policy;
import dev.curfew.realm.SessionServiceSettings;
import dev.curfew.realm.TokenView;
import dev.curfew.realm.User;
import dev.curfew.session.Command;
import dev.curfew.session.Initiator;
import dev.curfew.session.NewSession;
import dev.curfew.session.Outcome;
import dev.curfew.session.SessionKind;
import dev.curfew.session.SessionView;
import dev.curfew.session.Terms;
import dev.curfew.session.Tier;
import dev.curfew.store.RealmStore;
import dev.curfew.store.ReservationStore;
import dev.curfew.store.TokenStore;
import io.netty.util.NetUtil;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.Map;
import java.util.UUID;

/** How a token session comes into being. */
final class TokenOpenings {
  private final TokenHolders holders;
  private final SessionService service;
  private final RealmStore realms;
  private final Policies policies;
  private final QuotaPlaces places;
  private final NumericIds numericIds;
  private final SortableIds ids;
  private final Sessions sessions;

  TokenOpenings(
      TokenHolders holders,
      SessionService service,
      RealmStore realms,
      Policies policies,
      QuotaPlaces places,
      NumericIds numericIds,
      SortableIds ids,
      Sessions sessions) {
    this.holders = holders;
    this.service = service;
    this.realms = realms;
    this.policies = policies;
    this.places = places;
    this.numericIds = numericIds;
    this.ids = ids;
    this.sessions = sessions;
  }

  /** What the user's realm gives a session. */
  private record Grant(SessionServiceSettings settings, Terms terms) {
    static Grant of(SessionServiceSettings settings, Tier tier, Policy policy) {
      return new Grant(
          settings,
          new Terms(
              policy.id(),
              policy.realmId(),
              Math.min(millis(settings.maxSessionMinutes()), tier.maxDuration().toMillis()),
              millis(settings.maxIdleMinutes()),
              0,
              policy.thresholds()));
    }

    private static long millis(int minutes) {
      return Duration.ofMinutes(minutes).toMillis();
    }
  }

  /**
   * @param properties checked
   */
  Future<IssuedToken> open(User user, Map<String, String> properties, String address) {
    UUID id = ids.next();
    Secret token = SessionTokenFormat.generate(id);
    NewSession.Token opener =
        new NewSession.Token(TokenHash.of(token.reveal()).digest(), TokenStore.json(properties));
    return grant(user.realmId())
        .compose(
            grant ->
                numericIds
                    .next()
                    .compose(
                        numericId ->
                            create(
                                session(id, numericId, user, grant, opener, address),
                                user,
                                grant.settings)))
        .compose(created -> shownToHolder(created, user))
        .map(view -> new IssuedToken(token, view));
  }

  private Future<Grant> grant(int realmId) {
    return service
        .effective(realmId)
        .compose(
            settings ->
                realms
                    .get(realmId)
                    .compose(
                        realm ->
                            policies
                                .inRealm(realmId, null)
                                .map(policy -> Grant.of(settings, realm.tier(), policy))));
  }

  private static NewSession session(
      UUID id, long numericId, User user, Grant grant, NewSession.Token token, String address) {
    boolean ipv4 = NetUtil.isValidIpV4Address(address);
    boolean ipv6 = address.indexOf('%') < 0 && NetUtil.isValidIpV6Address(address);
    return new NewSession(
        id,
        numericId,
        SessionKind.TOKEN,
        user.numericId(),
        grant.terms,
        0,
        grant.terms.maxDuration(),
        false,
        null,
        false,
        new NewSession.Details(
            "{}",
            ipv4 ? address : null,
            ipv6 ? address : null,
            null,
            token,
            grant.settings.quotaLimit() > 0));
  }

  private Future<SessionView> create(
      NewSession session, User user, SessionServiceSettings settings) {
    return places
        .create(
            session,
            new Initiator(Initiator.Kind.USER, user.numericId(), user.username()),
            new QuotaPlaces.Quota(
                user.numericId(),
                ReservationStore.TOKENS,
                settings.quotaLimit(),
                settings.quotaAction(),
                ErrorCode.QUOTA_EXCEEDED,
                "You have reached your session limit."))
        .map(
            outcome -> {
              if (outcome instanceof Outcome.Refused refused) {
                throw refused.toException();
              }
              return ((Outcome.Done) outcome).session();
            });
  }

  /** A user who was deleted meanwhile gets nothing: nobody looks for their sessions again. */
  private Future<TokenView> shownToHolder(SessionView created, User user) {
    return holders
        .read(user.numericId())
        .compose(
            holder ->
                holder.isPresent()
                    ? Future.succeededFuture(TokenViews.of(created, holder.get().user()))
                    : sessions
                        .ask(
                            new Command.Revoke(
                                created.id(), Initiator.POLICY, "The user was deleted"))
                        .compose(
                            revoked ->
                                Future.failedFuture(
                                    CurfewException.notFound("User " + user.username()))));
  }
}
