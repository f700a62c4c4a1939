package dev.curfew.testing;

import dev.curfew.auth.CachedAuthenticator;
import dev.curfew.auth.Principal;
import dev.curfew.auth.Role;
import dev.curfew.auth.Scope;
import dev.curfew.auth.SecretBox;
import dev.curfew.bus.Bus;
import dev.curfew.bus.Sessions;
import dev.curfew.cluster.ClusterClock;
import dev.curfew.config.CurfewConfig;
import dev.curfew.config.Secret;
import dev.curfew.directory.Bootstrap;
import dev.curfew.directory.Directory;
import dev.curfew.directory.NewApiKey;
import dev.curfew.directory.NewUser;
import dev.curfew.directory.PolicyDefaults;
import dev.curfew.directory.SessionEndings;
import dev.curfew.grant.Grants;
import dev.curfew.outbound.OutboundClient;
import dev.curfew.outbound.TargetGuard;
import dev.curfew.realm.Realm;
import dev.curfew.realm.User;
import dev.curfew.session.Tier;
import dev.curfew.shard.ShardHost;
import dev.curfew.store.DatabaseEndpoint;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;

/** A node without its HTTP side: a database of its own, its shards, and the directory over both. */
public final class TestNode implements AutoCloseable {
  public static final Secret ADMIN_KEY = Secret.of("a-key-that-an-operator-chose-for-the-tests");

  private static final byte[] SECRETS_KEY = new byte[32];
  private static final AtomicInteger sequence = new AtomicInteger();

  private final TestStore store;
  private final Bus bus;
  private final ClusterClock clock;
  private final ShardHost shards;
  private final SecretBox secrets;
  private final SessionEndings endings;
  private final Directory directory;
  private final CachedAuthenticator authenticator;
  private final Principal admin;

  private TestNode(TestStore store) {
    CurfewConfig config =
        CurfewConfig.of(
            Map.of("policy.default.max-idle", "30m", "policy.default.warn-before", "1m, 5m"));
    PolicyDefaults defaults = PolicyDefaults.of(config);
    this.store = store;
    this.bus = new Bus(store.vertx());
    this.clock = Await.result(ClusterClock.start(store.vertx(), store.database()));
    this.secrets = SecretBox.of(SECRETS_KEY);
    this.endings =
        new SessionEndings(
            store.database(),
            secrets,
            bus,
            new Grants(
                store.vertx(),
                store.database(),
                bus,
                OutboundClient.open(store.vertx(), TargetGuard.create(store.vertx(), true)),
                secrets,
                clock::now));
    this.shards =
        Await.result(
            ShardHost.create(
                store.vertx(),
                store.database(),
                Alone.on(store.database(), "test"),
                clock,
                bus,
                endings::undo,
                new ShardHost.Options("test", Duration.ofSeconds(5), Duration.ofMillis(50))));
    Await.result(shards.serve());
    this.directory =
        Directory.of(
            store.vertx(),
            store.database(),
            bus,
            shards.sessions(),
            clock::now,
            secrets,
            endings,
            defaults,
            config.auth());
    shards.watch(directory::mayHaveChanged);
    Await.result(directory.follow(bus));
    this.authenticator = directory.authenticator();
    Await.result(
        new Bootstrap(store.vertx(), store.database(), secrets, defaults, clock::now)
            .run(new CurfewConfig.Bootstrap(Optional.of(ADMIN_KEY), Optional.empty())));
    this.admin = Await.result(authenticator.of(ADMIN_KEY.reveal()));
  }

  /** A node that serves, with an installation that has just been made. */
  public static TestNode start() throws Exception {
    return new TestNode(TestStore.open());
  }

  /**
   * A node over a database that may have been used before; takes its shards from whoever has them.
   */
  public static TestNode on(DatabaseEndpoint endpoint) {
    return new TestNode(TestStore.open(endpoint));
  }

  public TestStore store() {
    return store;
  }

  public Bus bus() {
    return bus;
  }

  public ClusterClock clock() {
    return clock;
  }

  public Sessions sessions() {
    return shards.sessions();
  }

  public SessionEndings endings() {
    return endings;
  }

  public Directory directory() {
    return directory;
  }

  public CachedAuthenticator authenticator() {
    return authenticator;
  }

  /** The bootstrap administrator, with every scope. */
  public Principal admin() {
    return admin;
  }

  /** A name that nothing else has. */
  public static String name(String kind) {
    return kind + "-" + sequence.incrementAndGet();
  }

  /** A new realm of this tier. */
  public Realm realm(Tier tier) {
    return Await.result(directory.realms().create(admin, name("realm"), tier));
  }

  /** A new user of the root realm, with a key that carries every scope. */
  public Principal user(Role... roles) {
    return user(Realm.ROOT, roles);
  }

  /** A new user of a realm, with a key that carries every scope. */
  public Principal user(String realm, Role... roles) {
    User user =
        Await.result(
            directory
                .users()
                .create(admin, new NewUser(name("user"), null, null, null, Set.of(roles), realm)));
    return principal(user, Scope.values());
  }

  /** A user as one of their keys shows them. */
  public Principal principal(User user, Scope... scopes) {
    return Await.result(
        directory
            .apiKeys()
            .create(
                admin, new NewApiKey(name("key"), null, Set.of(scopes), 0, user.id().toString()))
            .compose(issued -> authenticator.of(issued.plainText().reveal())));
  }

  /** Ends without another word to the database. */
  public void kill() {
    clock.close();
    store.close();
  }

  @Override
  public void close() {
    clock.close();
    Await.result(shards.close());
    store.close();
  }
}
