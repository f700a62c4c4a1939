package dev.curfew.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import dev.curfew.auth.SecretBox;
import dev.curfew.bus.Bus;
import dev.curfew.bus.EventsCommitted;
import dev.curfew.bus.Routes;
import dev.curfew.outbound.NameResolver;
import dev.curfew.outbound.OutboundClient;
import dev.curfew.outbound.TargetGuard;
import dev.curfew.outbound.WebhookSecret;
import dev.curfew.realm.Delivery;
import dev.curfew.realm.Lane;
import dev.curfew.realm.LaneFilter;
import dev.curfew.realm.WebhookSubscription;
import dev.curfew.session.Initiator;
import dev.curfew.store.Database;
import dev.curfew.store.DatabaseEndpoint;
import dev.curfew.store.DeliveryStore;
import dev.curfew.store.DeliverySweep;
import dev.curfew.store.LaneLeases;
import dev.curfew.store.LaneQueue;
import dev.curfew.store.LaneStore;
import dev.curfew.store.WebhookStore;
import dev.curfew.testing.Await;
import dev.curfew.testing.CuttableLink;
import dev.curfew.testing.DirectSql;
import dev.curfew.testing.HookReceiver;
import dev.curfew.testing.TestLog;
import dev.curfew.testing.TestPeople;
import dev.curfew.testing.TestStore;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.stream.IntStream;

/** A database with a receiver beside it, and engines that deliver from the one to the other. */
final class DeliveryRig implements AutoCloseable {
  static final int REALM = 1;

  static final LaneFilter STARTED =
      new LaneFilter(Set.of("dev.curfew.session.started"), null, null, null, false, null);

  /** Ten attempts within a second or so. */
  static final RetrySchedule QUICK =
      new RetrySchedule(
          IntStream.range(0, 10).mapToObj(i -> Duration.ofMillis(i == 0 ? 0 : 30)).toList());

  private final TestStore store;
  private final DirectSql sql;
  private final TestLog log;
  private final HookReceiver receiver = HookReceiver.start();
  private final SecretBox secrets = SecretBox.of(new byte[32]);
  private final WebhookStore webhooks;
  private final DeliveryStore deliveries;
  private final LaneStore lanes;
  private final Bus bus;

  DeliveryRig() throws Exception {
    this.store = TestStore.open();
    this.sql = DirectSql.open(store.endpoint());
    this.log = new TestLog(sql);
    this.webhooks = new WebhookStore(store.database());
    this.deliveries = new DeliveryStore(store.database());
    this.lanes = new LaneStore(store.database());
    this.bus = new Bus(store.vertx());
    new TestPeople(sql).realm(REALM, "root").realm(2, "other").user(1, REALM, "admin");
  }

  static DeliveryEngine.Options options() {
    return new DeliveryEngine.Options(
        Duration.ofSeconds(15),
        Duration.ofSeconds(1),
        1_000,
        512,
        128,
        256,
        QUICK,
        Duration.ofDays(7),
        Duration.ofSeconds(15),
        Duration.ofSeconds(5));
  }

  /** With a lease so short that a test can see it run out. */
  static DeliveryEngine.Options shortLease() {
    DeliveryEngine.Options usual = options();
    return new DeliveryEngine.Options(
        Duration.ofMillis(1_500),
        Duration.ofMillis(200),
        usual.scan(),
        usual.window(),
        usual.readAhead(),
        usual.concurrency(),
        usual.schedule(),
        usual.keep(),
        usual.sweep(),
        usual.goodbye());
  }

  static DeliveryEngine.Options retrying(RetrySchedule schedule) {
    DeliveryEngine.Options usual = options();
    return new DeliveryEngine.Options(
        usual.lease(),
        usual.poll(),
        usual.scan(),
        usual.window(),
        usual.readAhead(),
        usual.concurrency(),
        schedule,
        usual.keep(),
        usual.sweep(),
        usual.goodbye());
  }

  HookReceiver receiver() {
    return receiver;
  }

  DirectSql sql() {
    return sql;
  }

  TestLog log() {
    return log;
  }

  TestStore store() {
    return store;
  }

  DatabaseEndpoint endpoint() {
    return store.endpoint();
  }

  /** Starts an engine that may call loopback. */
  DeliveryEngine start(DeliveryEngine.Options options) {
    return start(options, TargetGuard.create(store.vertx(), true), Duration.ofSeconds(15));
  }

  DeliveryEngine start(DeliveryEngine.Options options, NameResolver names) {
    return start(options, new TargetGuard(names, false), Duration.ofSeconds(15));
  }

  DeliveryEngine start(DeliveryEngine.Options options, TargetGuard guard, Duration limit) {
    return start(store.vertx(), store.database(), bus, options, guard, limit);
  }

  /** An engine of another node, which shares nothing but the database. */
  final class OtherNode implements AutoCloseable {
    private final CuttableLink link;
    private final TestStore own;
    private final DeliveryEngine engine;

    OtherNode(DeliveryEngine.Options options) throws Exception {
      this.link = CuttableLink.to(endpoint());
      this.own = TestStore.open(link.endpoint());
      this.engine =
          start(
              own.vertx(),
              own.database(),
              new Bus(own.vertx()),
              options,
              TargetGuard.create(own.vertx(), true),
              Duration.ofSeconds(15));
    }

    DeliveryEngine engine() {
      return engine;
    }

    CuttableLink link() {
      return link;
    }

    @Override
    public void close() throws Exception {
      own.close();
      link.close();
    }
  }

  private DeliveryEngine start(
      Vertx vertx,
      Database database,
      Bus itsBus,
      DeliveryEngine.Options options,
      TargetGuard guard,
      Duration limit) {
    String holder = UUID.randomUUID().toString();
    DeliveryEngine engine =
        new DeliveryEngine(
            new LaneLeases(database, holder),
            new LaneQueue(database, holder),
            new DeliverySweep(database),
            itsBus,
            List.of(
                new WebhookChannel(
                    new WebhookStore(database),
                    secrets,
                    OutboundClient.open(vertx, guard, limit, options.concurrency()),
                    System::currentTimeMillis)),
            options);
    Await.result(vertx.deployVerticle(engine));
    return engine;
  }

  /** A subscription to what {@link #write} writes, at this path of the receiver. */
  WebhookSubscription subscribe(String path) {
    return subscribe(path, STARTED);
  }

  WebhookSubscription subscribe(String path, LaneFilter filter) {
    return subscribeUrl(receiver.url(path), path, filter);
  }

  WebhookSubscription subscribeUrl(String url, String path, LaneFilter filter) {
    UUID id = UUID.randomUUID();
    WebhookSecret secret = WebhookSecret.generate();
    receiver.knows(path, secret);
    return Await.result(
        webhooks.insert(
            new WebhookStore.NewRow(
                id,
                REALM,
                1,
                url,
                null,
                filter,
                secrets.seal(secret.text(), WebhookSubscription.secretPlace(id))),
            by()));
  }

  static Initiator by() {
    return new Initiator(Initiator.Kind.ADMIN, 1, "admin");
  }

  WebhookStore webhooks() {
    return webhooks;
  }

  SecretBox secrets() {
    return secrets;
  }

  /** Tells the engines that something was committed. */
  void nudge() {
    bus.publish(Routes.EVENTS_COMMITTED, EventsCommitted.INSTANCE);
  }

  /** Writes events {@code first} to {@code last} of a name, and tells the engines. */
  void write(String name, int first, int last) throws Exception {
    for (int i = first; i <= last; i++) {
      log.write(name + i);
    }
    nudge();
  }

  static List<String> names(String name, int first, int last) {
    return IntStream.rangeClosed(first, last).mapToObj(i -> name + i).toList();
  }

  Lane lane(WebhookSubscription of) {
    return Await.result(lanes.find(of.id())).orElseThrow();
  }

  List<Delivery> deliveries(WebhookSubscription of) {
    return Await.result(deliveries.list(of.id(), null, null, 1_000));
  }

  void awaitSettled(WebhookSubscription of) {
    Await.until("nothing is pending", () -> lane(of).pending() == 0);
  }

  @Override
  public void close() throws Exception {
    sql.close();
    store.close();
    receiver.close();
    assertThat(receiver.unverified()).isEmpty();
  }
}
