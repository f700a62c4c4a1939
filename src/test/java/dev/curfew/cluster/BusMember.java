package dev.curfew.cluster;

import dev.curfew.bus.Bus;
import dev.curfew.bus.EventsCommitted;
import dev.curfew.bus.Routes;
import dev.curfew.config.CurfewConfig;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.eventbus.DeliveryOptions;
import io.vertx.core.eventbus.Message;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;

/**
 * The program of a process that is nothing but a member: Vert.x, its event bus and Hazelcast. Takes
 * its id and settings as arguments and commands by line from standard input; answers each by a
 * line.
 */
final class BusMember {
  private static final String ADDRESS = "test.members.";

  private final UUID self;
  private final HazelcastCluster cluster;
  private final Vertx vertx;
  private final Bus bus;
  private final AtomicInteger notices = new AtomicInteger();

  private BusMember(UUID self, HazelcastCluster cluster) {
    this.self = self;
    this.cluster = cluster;
    this.vertx = cluster.vertx();
    this.bus = new Bus(vertx);
  }

  public static void main(String[] arguments) throws IOException {
    UUID self = UUID.fromString(arguments[0]);
    Map<String, String> settings = new HashMap<>();
    Arrays.stream(arguments)
        .skip(1)
        .map(each -> each.split("=", 2))
        .forEach(each -> settings.put(each[0], each[1]));
    HazelcastCluster cluster =
        HazelcastCluster.start(self, CurfewConfig.of(settings).cluster(), new VertxOptions())
            .await();
    BusMember member = new BusMember(self, cluster);
    member.listen();
    System.out.println("ready");
    BufferedReader commands =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    for (String line = commands.readLine(); line != null; line = commands.readLine()) {
      System.out.println(member.answer(line.split(" ")));
    }
    cluster.vertx().close().await();
    System.exit(0);
  }

  private void listen() {
    vertx
        .eventBus()
        .<String>consumer(ADDRESS + self, message -> message.reply(message.body()))
        .completion()
        .await();
    bus.subscribe(Routes.EVENTS_COMMITTED, notice -> notices.incrementAndGet()).await();
  }

  private String answer(String[] command) {
    return switch (command[0]) {
      case "touch" ->
          cluster.inTouch().stream().map(UUID::toString).sorted().collect(Collectors.joining(","));
      case "ask" -> ask(command[1]);
      case "publish" -> {
        bus.publish(Routes.EVENTS_COMMITTED, EventsCommitted.INSTANCE);
        yield "published";
      }
      case "damage" -> {
        cluster.hazelcast().getMultiMap("__vertx.subs").clear();
        cluster.hazelcast().getMap("__vertx.nodeInfo").clear();
        yield "damaged";
      }
      case "notices" -> Integer.toString(notices.get());
      default -> throw new IllegalArgumentException(command[0]);
    };
  }

  private String ask(String member) {
    try {
      return vertx
          .eventBus()
          .<String>request(ADDRESS + member, "yes", new DeliveryOptions().setSendTimeout(1_000))
          .map(Message::body)
          .await();
    } catch (RuntimeException failure) {
      return "no: " + failure.getMessage();
    }
  }
}
