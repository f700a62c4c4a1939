package dev.curfew.directory;

import dev.curfew.auth.ApiKeyAuthenticator;
import dev.curfew.auth.PasswordHasher;
import dev.curfew.auth.SecretBox;
import dev.curfew.bus.Bus;
import dev.curfew.bus.Routes;
import dev.curfew.bus.Sessions;
import dev.curfew.store.ActiveSessionStore;
import dev.curfew.store.ApiKeyStore;
import dev.curfew.store.CheckoutStore;
import dev.curfew.store.CredentialStore;
import dev.curfew.store.Database;
import dev.curfew.store.GrantStore;
import dev.curfew.store.JoinTokenStore;
import dev.curfew.store.JumpItemStore;
import dev.curfew.store.JumpRequestStore;
import dev.curfew.store.PolicyStore;
import dev.curfew.store.RealmStore;
import dev.curfew.store.ResourceStore;
import dev.curfew.store.RuleStore;
import dev.curfew.store.SessionQueries;
import dev.curfew.store.SessionStore;
import dev.curfew.store.UserStore;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
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
    SessionOpenings sessionOpenings,
    SessionChanges sessionChanges,
    SessionReads sessionReads,
    JoinTokens joinTokens,
    JumpApprovals jumpApprovals,
    ApprovedOpenings approvedOpenings,
    ActiveSessions activeSessions,
    Grants grants) {

  /**
   * The services of a node.
   *
   * @param clock the cluster's, in epoch milliseconds
   * @param endings what the shards undo with, too
   */
  public static Directory of(
      Vertx vertx,
      Database database,
      Bus bus,
      Sessions sessions,
      LongSupplier clock,
      SecretBox secrets,
      SessionEndings endings,
      PolicyDefaults defaults) {
    Notices notices = new Notices(bus);
    SortableIds ids = new SortableIds(clock);
    RealmStore realmStore = new RealmStore(database);
    UserStore userStore = new UserStore(database);
    SessionQueries queries = new SessionQueries(database);
    ResourceStore resourceStore = new ResourceStore(database);
    RuleStore ruleStore = new RuleStore(database);

    Realms realms = new Realms(realmStore, defaults, notices);
    Users users =
        new Users(userStore, realms, queries, sessions, new PasswordHasher(vertx), ids, notices);
    Policies policies = new Policies(new PolicyStore(database), realms, defaults, notices);
    JumpItems jumpItems = new JumpItems(new JumpItemStore(database), policies, notices);
    Credentials credentials =
        new Credentials(new CredentialStore(database), queries, sessions, secrets, notices);
    SessionReads reads = new SessionReads(queries, realms, users);
    NumericIds numericIds = new NumericIds(new SessionStore(database)::numericIds);
    SessionOpenings openings =
        new SessionOpenings(
            users,
            userStore,
            realmStore,
            policies,
            jumpItems,
            new SessionRules(resourceStore, ruleStore, ids, notices),
            queries,
            sessions,
            numericIds,
            ids);
    SessionChanges changes = new SessionChanges(reads, realmStore, policies, sessions);
    JumpRequestStore jumpRequests = new JumpRequestStore(database);
    ApprovedOpenings approved =
        new ApprovedOpenings(jumpRequests, users, policies, openings, queries);
    return new Directory(
        realms,
        users,
        policies,
        new ApiKeys(new ApiKeyStore(database), users, ids, clock, notices),
        credentials,
        new Checkouts(new CheckoutStore(database), credentials, openings, endings, sessions, clock),
        new Resources(resourceStore, ruleStore, users, ids, notices),
        jumpItems,
        openings,
        changes,
        reads,
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
        new Grants(new GrantStore(database), resourceStore, users, openings, changes, notices));
  }

  /**
   * Recognises API keys, and forgets what it remembers whenever credentials change anywhere in the
   * cluster.
   *
   * @param clock the cluster's, in epoch milliseconds
   */
  public static Future<ApiKeyAuthenticator> authenticator(
      Database database, Bus bus, LongSupplier clock) {
    ApiKeyAuthenticator authenticator = new ApiKeyAuthenticator(new ApiKeyStore(database), clock);
    return bus.subscribe(Routes.CREDENTIALS_CHANGED, changed -> authenticator.forget())
        .map(authenticator);
  }
}
