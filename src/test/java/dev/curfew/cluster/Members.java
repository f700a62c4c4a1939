package dev.curfew.cluster;

import dev.curfew.testing.Await;
import dev.curfew.testing.NetworkLab;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Several members, each a process. */
final class Members implements AutoCloseable {
  private final List<MemberProcess> all = new ArrayList<>();

  /** On this machine, all at once, each with all addresses in its list, its own too. */
  static Members startTogether(int count) throws IOException {
    return startTogether(Collections.nCopies(count, Map.of()));
  }

  /**
   * The same.
   *
   * @param settings what each of them has besides
   */
  static Members startTogether(List<Map<String, String>> settings) throws IOException {
    List<Integer> ports = freePorts(settings.size());
    String list = ports.stream().map(port -> "127.0.0.1:" + port).collect(Collectors.joining(","));
    Members members = new Members();
    for (int i = 0; i < ports.size(); i++) {
      Map<String, String> all = new HashMap<>(settings.get(i));
      all.put("cluster.port", Integer.toString(ports.get(i)));
      all.put("cluster.members", list);
      members.begin(List.of(), all);
    }
    return members.awaitReady();
  }

  /** One on each of the lab's first machines. */
  static Members startIn(NetworkLab lab, int count) {
    List<NetworkLab.Host> hosts = IntStream.range(0, count).mapToObj(lab::host).toList();
    String list = hosts.stream().map(NetworkLab.Host::address).collect(Collectors.joining(","));
    Members members = new Members();
    hosts.forEach(
        host ->
            members.begin(
                host.prefix(), Map.of("cluster.host", host.address(), "cluster.members", list)));
    return members.awaitReady();
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

  private void begin(List<String> prefix, Map<String, String> settings) {
    all.add(new MemberProcess(prefix, settings));
  }

  private Members awaitReady() {
    try {
      all.forEach(MemberProcess::awaitReady);
      return this;
    } catch (RuntimeException | Error failure) {
      close();
      throw failure;
    }
  }

  MemberProcess get(int index) {
    return all.get(index);
  }

  List<MemberProcess> all() {
    return List.copyOf(all);
  }

  /** Waits until these see each other and nobody else. */
  static void awaitTouch(Duration limit, MemberProcess... members) {
    Set<UUID> ids = Set.of(members).stream().map(MemberProcess::id).collect(Collectors.toSet());
    for (MemberProcess member : members) {
      Await.until(
          () -> "touch of " + ids.size() + " members: " + member.inTouch(),
          limit,
          () -> member.inTouch().equals(ids));
    }
  }

  /** Waits until all see each other. */
  void awaitTouch(Duration limit) {
    awaitTouch(limit, all.toArray(MemberProcess[]::new));
  }

  /** Waits until each reaches each, itself included, by a question and by a notice. */
  void awaitRoutes(Duration limit) {
    Await.until(this::brokenRoutes, limit, () -> brokenRoutes().isEmpty());
    for (MemberProcess from : all) {
      awaitNotices(from, limit);
    }
  }

  private void awaitNotices(MemberProcess from, Duration limit) {
    Map<MemberProcess, Integer> before =
        all.stream().collect(Collectors.toMap(member -> member, MemberProcess::notices));
    from.publish();
    Await.until(
        "a notice to all",
        limit,
        () -> all.stream().allMatch(member -> member.notices() == before.get(member) + 1));
  }

  /** Who does not reach whom, and how that fails; empty when all do. */
  String brokenRoutes() {
    StringBuilder broken = new StringBuilder();
    for (int from = 0; from < all.size(); from++) {
      for (int to = 0; to < all.size(); to++) {
        String said = all.get(from).ask(all.get(to));
        if (!said.equals("yes")) {
          broken.append(from).append(" to ").append(to).append(": ").append(said).append("; ");
        }
      }
    }
    return broken.toString();
  }

  @Override
  public void close() {
    all.forEach(MemberProcess::close);
  }
}
