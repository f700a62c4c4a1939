package dev.curfew.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;

/**
 * A network of machines that are namespaces of this one, on a switch that loses what it is told to
 * lose. Needs {@code ip} (iproute2) and root; fails where they are missing.
 *
 * <p>What is cut is lost without a word, as by a broken switch: both ends send on to a hardware
 * address that nobody has. Connections stay open until somebody gives them up, and go on when the
 * network is mended before that.
 */
public final class NetworkLab implements AutoCloseable {
  private static final String NOBODY = "02:00:00:00:00:ff";

  /**
   * A machine of the lab.
   *
   * @param prefix what stands before a command line to run it there; the command's process is then
   *     the one that was started, so that signals reach it
   * @param address where it is reached, and what its programs should bind
   */
  public record Host(List<String> prefix, String address, String device) {
    private List<String> command(String... command) {
      List<String> all = new ArrayList<>(prefix);
      all.addAll(List.of(command));
      return all;
    }
  }

  private final String name;
  private final Host gateway;
  private final List<Host> hosts = new ArrayList<>();
  private final List<String> namespaces = new ArrayList<>();
  private final Set<Set<Host>> cuts = new HashSet<>();

  private NetworkLab(String name, Host gateway) {
    this.name = name;
    this.gateway = gateway;
  }

  /** A network of so many machines beside the one that the tests run on. */
  public static NetworkLab open(int hosts) {
    ThreadLocalRandom random = ThreadLocalRandom.current();
    String name = "cf" + Integer.toHexString(random.nextInt(0x10000, 0x100000));
    String network = "10." + random.nextInt(100, 250) + "." + random.nextInt(256) + ".";
    NetworkLab lab = new NetworkLab(name, new Host(List.of(), network + 1, name));
    try {
      run(List.of("ip", "link", "add", name, "type", "bridge"));
      run(List.of("ip", "address", "add", network + "1/24", "dev", name));
      run(List.of("ip", "link", "set", name, "up"));
      for (int i = 0; i < hosts; i++) {
        lab.addHost(network + (i + 2));
      }
      return lab;
    } catch (RuntimeException | Error failure) {
      lab.close();
      throw failure;
    }
  }

  private void addHost(String address) {
    String namespace = name + "-" + hosts.size();
    String port = name + "p" + hosts.size();
    run(List.of("ip", "netns", "add", namespace));
    namespaces.add(namespace);
    Host host = new Host(List.of("ip", "netns", "exec", namespace), address, "eth0");
    run(
        List.of(
            "ip", "link", "add", port, "type", "veth", "peer", "name", "eth0", "netns", namespace));
    run(List.of("ip", "link", "set", port, "master", name, "up"));
    run(host.command("ip", "address", "add", address + "/24", "dev", "eth0"));
    run(host.command("ip", "link", "set", "eth0", "up"));
    run(host.command("ip", "link", "set", "lo", "up"));
    hosts.add(host);
  }

  /** One of the machines, from 0. */
  public Host host(int index) {
    return hosts.get(index);
  }

  /** The machine that the tests run on, as the others see it. */
  public Host gateway() {
    return gateway;
  }

  /** Loses everything between two machines, in both directions. */
  public void cut(Host one, Host other) {
    if (cuts.add(Set.of(one, other))) {
      lose(one, other);
      lose(other, one);
    }
  }

  private static void lose(Host from, Host to) {
    run(
        from.command(
            "ip",
            "neigh",
            "replace",
            to.address(),
            "lladdr",
            NOBODY,
            "nud",
            "permanent",
            "dev",
            from.device()));
  }

  /** Loses everything between those machines and the others; all still reach the gateway. */
  public void split(Set<Host> away) {
    for (Host one : hosts) {
      for (Host other : hosts) {
        if (away.contains(one) && !away.contains(other)) {
          cut(one, other);
        }
      }
    }
  }

  /** Loses nothing any more. */
  public void mend() {
    for (Set<Host> cut : cuts) {
      List<Host> ends = List.copyOf(cut);
      find(ends.get(0), ends.get(1));
      find(ends.get(1), ends.get(0));
    }
    cuts.clear();
  }

  private static void find(Host from, Host to) {
    run(from.command("ip", "neigh", "del", to.address(), "dev", from.device()));
  }

  private static void run(List<String> command) {
    try {
      Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
      String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      if (process.waitFor() != 0) {
        throw new AssertionError(String.join(" ", command) + ": " + said);
      }
    } catch (IOException missing) {
      throw new UncheckedIOException(missing);
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
      throw new AssertionError(stopped);
    }
  }

  /** What ran on the machines must have ended: its network is taken from it. */
  @Override
  public void close() {
    for (String namespace : namespaces) {
      run(List.of("ip", "netns", "del", namespace));
    }
    namespaces.clear();
    if (runs(List.of("ip", "link", "show", name))) {
      run(List.of("ip", "link", "del", name));
    }
  }

  private static boolean runs(List<String> command) {
    try {
      run(command);
      return true;
    } catch (AssertionError failed) {
      return false;
    }
  }
}
