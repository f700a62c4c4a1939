package dev.curfew.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import dev.curfew.testing.Await;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Members that are processes of their own. */
class HazelcastClusterTest {
  private final List<MemberProcess> members = new ArrayList<>();

  @AfterEach
  void stop() throws Exception {
    for (MemberProcess member : members) {
      member.close();
    }
  }

  private static List<Integer> freePorts(int count) throws IOException {
    List<ServerSocket> sockets = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      sockets.add(new ServerSocket(0, 1, InetAddress.getLoopbackAddress()));
    }
    List<Integer> ports = sockets.stream().map(ServerSocket::getLocalPort).toList();
    for (ServerSocket socket : sockets) {
      socket.close();
    }
    return ports;
  }

  /** All at once, from nothing; each has all addresses in its list, its own too. */
  private void startTogether(int count) throws IOException {
    List<Integer> ports = freePorts(count);
    String list = ports.stream().map(port -> "127.0.0.1:" + port).collect(Collectors.joining(","));
    for (int port : ports) {
      members.add(
          new MemberProcess(
              List.of(), Map.of("cluster.port", Integer.toString(port), "cluster.members", list)));
    }
    members.forEach(MemberProcess::awaitReady);
  }

  private static Set<UUID> ids(List<MemberProcess> members) {
    return members.stream().map(MemberProcess::id).collect(Collectors.toSet());
  }

  private static void awaitTouch(List<MemberProcess> members, Duration limit) {
    Await.until(
        "touch",
        limit,
        () -> members.stream().allMatch(member -> member.inTouch().equals(ids(members))));
  }

  private static boolean allRoutesWork(List<MemberProcess> members) {
    return members.stream()
        .allMatch(from -> members.stream().allMatch(to -> from.ask(to).equals("yes")));
  }

  @Test
  void members_thatStartAtOnce_findEachOther() throws Exception {
    startTogether(3);

    awaitTouch(members, Duration.ofSeconds(20));

    assertThat(allRoutesWork(members)).isTrue();
  }
}
