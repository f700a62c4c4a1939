package dev.curfew.bench;

import dev.curfew.auth.SecretBox;
import dev.curfew.bus.Bus;
import dev.curfew.delivery.DeliveryEngine;
import dev.curfew.delivery.WebhookChannel;
import dev.curfew.outbound.OutboundClient;
import dev.curfew.outbound.TargetGuard;
import dev.curfew.outbound.WebhookSecret;
import dev.curfew.realm.LaneFilter;
import dev.curfew.realm.WebhookSubscription;
import dev.curfew.session.Initiator;
import dev.curfew.store.DeliverySweep;
import dev.curfew.store.LaneLeases;
import dev.curfew.store.LaneQueue;
import dev.curfew.store.WebhookStore;
import dev.curfew.testing.DirectSql;
import dev.curfew.testing.TestPeople;
import dev.curfew.testing.TestStore;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.PoolOptions;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Webhook deliveries a second to a receiver on loopback, by 1, 8 and 64 subscriptions: read from
 * the log, laid out, signed, sent one after the other in each, and their results written, on the
 * real embedded PostgreSQL, fsync on. As a ratio to a bare HTTP client that posts bodies of the
 * same size over as many connections, one after the other on each, in the same run.
 */
public final class WebhookBench {
  private static final int DELIVERIES = 12_000;
  private static final String TYPE = "dev.curfew.session.started";

  private final Vertx receiving = Vertx.vertx();
  private final AtomicInteger received = new AtomicInteger();
  private volatile int expected;
  private volatile CountDownLatch all = new CountDownLatch(1);
  private int bodyLength = 512;

  private WebhookBench() {}

  public static void main(String[] args) throws Exception {
    new WebhookBench().run();
    System.exit(0);
  }

  private void run() throws Exception {
    HttpServer server =
        await(
            receiving
                .createHttpServer()
                .requestHandler(
                    request ->
                        request
                            .body()
                            .onSuccess(
                                body -> {
                                  bodyLength = body.length();
                                  request.response().end();
                                  if (received.incrementAndGet() == expected) {
                                    all.countDown();
                                  }
                                }))
                .listen(0, "127.0.0.1"));
    // The first run of each only warms up.
    deliveries(server.actualPort(), 8);
    bare(server.actualPort(), 8);
    for (int lanes : List.of(1, 8, 64)) {
      double ours = deliveries(server.actualPort(), lanes);
      double bare = bare(server.actualPort(), lanes);
      System.out.printf(
          "%2d subscriptions: %,8.0f deliveries/s; bare client %,8.0f posts/s; ratio %.2f%n",
          lanes, ours, bare, ours / bare);
    }
  }

  private void expect(int count) {
    received.set(0);
    expected = count;
    all = new CountDownLatch(1);
  }

  private double measured(int count, long since) throws Exception {
    if (!all.await(300, TimeUnit.SECONDS)) {
      throw new AssertionError("only " + received.get() + " of " + count);
    }
    return count / ((System.nanoTime() - since) / 1e9);
  }

  private double deliveries(int port, int lanes) throws Exception {
    try (TestStore store = TestStore.open();
        DirectSql sql = DirectSql.open(store.endpoint())) {
      new TestPeople(sql).realm(1, "root").user(1, 1, "admin");
      SecretBox secrets = SecretBox.of(new byte[32]);
      WebhookStore webhooks = new WebhookStore(store.database());
      for (int i = 0; i < lanes; i++) {
        UUID id = UUID.randomUUID();
        await(
            webhooks.insert(
                new WebhookStore.NewRow(
                    id,
                    1,
                    1,
                    "http://127.0.0.1:" + port + "/" + i,
                    null,
                    new LaneFilter(Set.of(TYPE), null, null, null, false, null),
                    secrets.seal(
                        WebhookSecret.generate().text(), WebhookSubscription.secretPlace(id))),
                Initiator.POLICY));
      }
      int events = DELIVERIES / lanes;
      sql.run(
          "INSERT INTO event (type, realm_id, session_id, user_id, at, data)"
              + " SELECT ?, 1, gen_random_uuid(), 1, clock_timestamp(),"
              + " jsonb_build_object('kind', 'psm', 'userId', 1, 'numericId', n,"
              + " 'expiresAt', '2026-02-18T10:30:00Z', 'generation', 1, 'from', 'approved',"
              + " 'to', 'active', 'by', jsonb_build_object('kind', 'user', 'userId', 1, 'name',"
              + " 'jdoe')) FROM generate_series(1, ?) n",
          TYPE,
          events);
      DeliveryEngine.Options options = DeliveryEngine.Options.keeping(Duration.ofDays(7));
      DeliveryEngine engine =
          new DeliveryEngine(
              new LaneLeases(store.database(), "bench"),
              new LaneQueue(store.database(), "bench"),
              new DeliverySweep(store.database()),
              new Bus(store.vertx()),
              List.of(
                  new WebhookChannel(
                      webhooks,
                      secrets,
                      OutboundClient.open(
                          store.vertx(),
                          TargetGuard.create(store.vertx(), true),
                          OutboundClient.TIMEOUT,
                          options.concurrency()),
                      System::currentTimeMillis)),
              options);
      expect(events * lanes);
      long since = System.nanoTime();
      await(store.vertx().deployVerticle(engine));
      double rate = measured(events * lanes, since);
      await(store.vertx().undeploy(engine.deploymentID()));
      return rate;
    }
  }

  private double bare(int port, int connections) throws Exception {
    Vertx vertx = Vertx.vertx();
    HttpClient client = vertx.createHttpClient(new PoolOptions().setHttp1MaxSize(connections));
    Buffer body = Buffer.buffer(new byte[bodyLength]);
    int each = DELIVERIES / connections;
    expect(each * connections);
    long since = System.nanoTime();
    for (int i = 0; i < connections; i++) {
      post(client, port, body, each, Promise.promise());
    }
    double rate = measured(each * connections, since);
    await(vertx.close());
    return rate;
  }

  private static void post(HttpClient client, int port, Buffer body, int left, Promise<Void> done) {
    if (left == 0) {
      done.complete();
      return;
    }
    client
        .request(HttpMethod.POST, port, "127.0.0.1", "/bare")
        .compose((HttpClientRequest request) -> request.send(body))
        .compose(response -> response.body())
        .onSuccess(answered -> post(client, port, body, left - 1, done))
        .onFailure(done::fail);
  }

  private static <T> T await(Future<T> future) throws Exception {
    return future.await(120, TimeUnit.SECONDS);
  }
}
