package dev.curfew.testing;

import dev.curfew.cluster.HazelcastCluster;
import dev.curfew.config.CurfewConfig;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/** Two members of one cluster in this process, joined over the network. */
public record TwoMembers(HazelcastCluster first, HazelcastCluster second) implements AutoCloseable {
  public static final UUID FIRST = new UUID(0, 1);
  public static final UUID SECOND = new UUID(0, 2);

  public static TwoMembers start() throws IOException {
    List<Integer> ports = freePorts();
    HazelcastCluster first = Await.result(join(FIRST, ports.get(0), ports));
    HazelcastCluster second = Await.result(join(SECOND, ports.get(1), ports));
    TwoMembers both = new TwoMembers(first, second);
    Await.until("both in touch", () -> first.inTouch().size() == 2 && second.inTouch().size() == 2);
    return both;
  }

  private static Future<HazelcastCluster> join(UUID self, int port, List<Integer> all) {
    Map<String, String> settings =
        Map.of(
            "cluster.port",
            Integer.toString(port),
            "cluster.members",
            "127.0.0.1:" + all.get(0) + ",127.0.0.1:" + all.get(1));
    return HazelcastCluster.start(self, CurfewConfig.of(settings).cluster(), new VertxOptions());
  }

  private static List<Integer> freePorts() throws IOException {
    List<Integer> ports = new ArrayList<>();
    try (ServerSocket one = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        ServerSocket other = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      ports.add(one.getLocalPort());
      ports.add(other.getLocalPort());
    }
    return ports;
  }

  @Override
  public void close() {
    Vertx one = first.vertx();
    Vertx other = second.vertx();
    Await.result(other.close());
    Await.result(one.close());
  }
}
