package dev.curfew.directory;

import dev.curfew.auth.CachedAuthenticator;
import dev.curfew.auth.IssuerDocuments;
import dev.curfew.auth.LoginTickets;
import dev.curfew.auth.PasswordHasher;
import dev.curfew.auth.SecretBox;
import dev.curfew.auth.TokenReader;
import dev.curfew.bus.Bus;
import dev.curfew.bus.Routes;
import dev.curfew.bus.Sessions;
import dev.curfew.config.CurfewConfig;
import dev.curfew.grant.Grants;
import dev.curfew.session.SessionKind;
import dev.curfew.store.AccessGrantStore;
import dev.curfew.store.ActiveSessionStore;
import dev.curfew.store.ApiKeyStore;
import dev.curfew.store.CheckoutStore;
import dev.curfew.store.CredentialStore;
import dev.curfew.store.Database;
import dev.curfew.store.DeliveryStore;
import dev.curfew.store.EventStore;
import dev.curfew.store.GrantSweepStore;
import dev.curfew.store.JoinTokenStore;
import dev.curfew.store.JumpItemStore;
import dev.curfew.store.JumpRequestStore;
import dev.curfew.store.ListenerStore;
import dev.curfew.store.LoggedEvent;
import dev.curfew.store.LoginAttemptStore;
import dev.curfew.store.LoginStore;
import dev.curfew.store.LoginTicketStore;
import dev.curfew.store.OauthStore;
import dev.curfew.store.PolicyStore;
import dev.curfew.store.RealmServiceStore;
import dev.curfew.store.RealmStore;
import dev.curfew.store.ReservationStore;
import dev.curfew.store.ResourceStore;
import dev.curfew.store.RuleStore;
import dev.curfew.store.SessionQueries;
import dev.curfew.store.SessionStore;
import dev.curfew.store.SigningKeyStore;
import dev.curfew.store.TokenStore;
import dev.curfew.store.UserStore;
import dev.curfew.store.WebhookStore;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.List;
import java.util.function.LongSupplier;

/** All services over realms and what belongs to them. */
public record Directory(
    Realms realms,
    Users users,
    Policies policies,
    ApiKeys apiKeys,
    Credentials credentials,
    Checkouts checkouts,
    Resources resources,
    JumpItems jumpItems,
    SessionRules sessionRules,
    SessionOpenings sessionOpenings,
    SessionChanges sessionChanges,
    SessionReads sessionReads,
    JumpStatuses jumpStatuses,
    JoinTokens joinTokens,
    JumpApprovals jumpApprovals,
    ApprovedOpenings approvedOpenings,
    ActiveSessions activeSessions,
    AccessGrants grants,
    Logins logins,
    LoginTokens loginTokens,
    OauthClients oauthClients,
    SigningKeys signingKeys,
    CachedAuthenticator authenticator,
    SessionTokens sessionTokens,
    SessionService sessionService,
    SessionListeners sessionListeners,
    Subscriptions subscriptions,
    LoginTickets loginTickets) {

  /**
   * The services of a node.
   *
   * @param clock the cluster's, in epoch milliseconds
   * @param endings what the shards undo with, too
   * @param auth who is believed to be who
   */
  public static Directory of(
      Vertx vertx,
      Database database,
      Bus bus,
      Sessions sessions,
      LongSupplier clock,
      SecretBox secrets,
      SessionEndings endings,
      PolicyDefaults defaults,
      CurfewConfig.Auth auth) {
    SortableIds ids = new SortableIds(clock);
    SigningKeys signingKeys =
        new SigningKeys(
            vertx,
            new SigningKeyStore(database),
            secrets,
            clock,
            auth.keyRotation(),
            auth.accessTokenTtl());
    LoginStore loginStore = new LoginStore(database);
    OauthStore oauthStore = new OauthStore(database);
    ApiKeyStore apiKeyStore = new ApiKeyStore(database);
    CachedAuthenticator authenticator =
        new CachedAuthenticator(
            new CredentialKinds(
                new TokenReader(auth, signingKeys::ringWith, new IssuerDocuments(vertx), clock),
                loginStore,
                oauthStore,
                apiKeyStore),
            clock);
    Notices notices = new Notices(bus, authenticator::forget);
    RealmStore realmStore = new RealmStore(database);
    UserStore userStore = new UserStore(database);
    SessionQueries queries = new SessionQueries(database);
    ResourceStore resourceStore = new ResourceStore(database);
    RuleStore ruleStore = new RuleStore(database);

    Realms realms = new Realms(realmStore, defaults, notices);
    PasswordHasher passwords = new PasswordHasher(vertx);
    Users users = new Users(userStore, realms, queries, sessions, passwords, ids, notices);
    Policies policies =
        new Policies(
            new PolicyStore(database, defaults.warnBefore(), defaults.recordingRetention()),
            realms,
            defaults,
            notices);
    JumpItems jumpItems = new JumpItems(new JumpItemStore(database), policies, notices);
    Credentials credentials =
        new Credentials(new CredentialStore(database), queries, sessions, secrets, notices);
    SessionReads reads = new SessionReads(queries, realms, users);
    Grants grants = endings.grants();
    SessionRules rules =
        new SessionRules(
            vertx, resourceStore, ruleStore, new GrantSweepStore(database), grants, sessions, ids);
    NumericIds numericIds = new NumericIds(new SessionStore(database)::numericIds);
    QuotaPlaces places = new QuotaPlaces(vertx, new ReservationStore(database), sessions, clock);
    SessionService sessionService =
        new SessionService(new RealmServiceStore(database), realmStore, notices);
    TokenHolders holders = new TokenHolders(userStore, realmStore);
    TokenOpenings tokenOpenings =
        new TokenOpenings(
            holders, sessionService, realmStore, policies, places, numericIds, ids, sessions);
    SessionOpenings openings =
        new SessionOpenings(
            users,
            userStore,
            realmStore,
            policies,
            jumpItems,
            rules,
            queries,
            sessions,
            numericIds,
            ids,
            places);
    SessionChanges changes = new SessionChanges(reads, realmStore, policies, sessions);
    JumpRequestStore jumpRequests = new JumpRequestStore(database);
    ApprovedOpenings approved =
        new ApprovedOpenings(jumpRequests, users, policies, openings, queries);
    return new Directory(
        realms,
        users,
        policies,
        new ApiKeys(apiKeyStore, users, ids, clock, notices),
        credentials,
        new Checkouts(new CheckoutStore(database), credentials, openings, endings, sessions, clock),
        new Resources(
            resourceStore,
            ruleStore,
            new SettingsRules(grants.guard()),
            grants.secrets(),
            users,
            ids,
            notices),
        jumpItems,
        rules,
        openings,
        changes,
        reads,
        new JumpStatuses(users, reads),
        new JoinTokens(new JoinTokenStore(database), reads, sessions, clock),
        new JumpApprovals(
            jumpRequests,
            users,
            realmStore,
            jumpItems,
            policies,
            openings,
            approved,
            numericIds,
            ids,
            clock,
            notices),
        approved,
        new ActiveSessions(new ActiveSessionStore(database), realms, users, sessions),
        new AccessGrants(
            new AccessGrantStore(database), resourceStore, users, openings, changes, notices),
        new Logins(
            new LoginAttemptStore(database), realmStore, passwords, notices, LoginLimits.DEFAULT),
        new LoginTokens(loginStore, signingKeys, auth, ids, clock, notices),
        new OauthClients(oauthStore, ids, notices),
        signingKeys,
        authenticator,
        new SessionTokens(
            new TokenStore(database), holders, tokenOpenings, userStore, sessions, clock),
        sessionService,
        new SessionListeners(new ListenerStore(database), secrets),
        new Subscriptions(
            new WebhookStore(database),
            new DeliveryStore(database),
            new EventStore(database),
            grants.guard(),
            secrets,
            realms,
            users,
            ids,
            notices),
        new LoginTickets(secrets, new LoginTicketStore(database), clock));
  }

  /** From then on this node forgets users and credentials whenever they change in the cluster. */
  public Future<Void> follow(Bus bus) {
    return bus.subscribe(
        Routes.CREDENTIALS_CHANGED,
        changed -> {
          authenticator.forget();
          sessionTokens.forgetHolders();
          jumpStatuses.forget();
        });
  }

  /** Forgets what is remembered of those whom these events, of whichever node, are about. */
  public void logged(List<LoggedEvent> events) {
    for (LoggedEvent event : events) {
      if (event.sessionId() != null && event.userId() != null) {
        jumpStatuses.changed(event.userId());
      }
    }
  }

  /** Forgets what is remembered of a user's sessions; see the shards' watcher of commits. */
  public void mayHaveChanged(SessionKind kind, long userId) {
    jumpStatuses.changed(kind, userId);
  }
}
