package dev.curfew.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.hazelcast.config.Config;
import com.hazelcast.config.JoinConfig;
import com.hazelcast.config.NetworkConfig;
import dev.curfew.config.CurfewConfig;
import dev.curfew.fault.CurfewException;
import dev.curfew.testing.Await;
import io.vertx.core.VertxOptions;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The shipped cluster.xml, and what operators may do to it. */
class HazelcastConfigurationTest {
  private static final InetAddress HOST = InetAddress.getLoopbackAddress();

  @TempDir Path directory;

  private static CurfewConfig.Cluster settings(String... pairs) {
    Map<String, String> settings = new HashMap<>();
    for (int i = 0; i < pairs.length; i += 2) {
      settings.put(pairs[i], pairs[i + 1]);
    }
    return CurfewConfig.of(settings).cluster();
  }

  private Path file(String content) throws IOException {
    return Files.writeString(directory.resolve("cluster.xml"), content);
  }

  private static String refusal(CurfewConfig.Cluster settings) {
    Throwable failure =
        Await.failure(HazelcastCluster.start(UUID.randomUUID(), settings, new VertxOptions()));
    assertThat(failure).isInstanceOf(CurfewException.class);
    return failure.getMessage();
  }

  @Test
  void shippedFile_isFilledFromTheSettings() {
    Config config =
        HazelcastConfiguration.read(
            settings(
                "cluster.name", "north", "cluster.port", "5801", "cluster.members", "a, b:5802"),
            HOST);

    assertThat(config.getClusterName()).isEqualTo("north");
    NetworkConfig network = config.getNetworkConfig();
    assertThat(network.getPort()).isEqualTo(5801);
    assertThat(network.isPortAutoIncrement()).isFalse();
    assertThat(network.getInterfaces().isEnabled()).isTrue();
    assertThat(network.getInterfaces().getInterfaces()).containsExactly("127.0.0.1");
    assertThat(network.getJoin().getTcpIpConfig().getMembers()).containsExactly("a", "b:5802");
  }

  @Test
  void shippedFile_findsNobodyByItselfAndTellsNobody() {
    Config config = HazelcastConfiguration.read(settings(), HOST);

    JoinConfig join = config.getNetworkConfig().getJoin();
    assertThat(join.getMulticastConfig().isEnabled()).isFalse();
    assertThat(join.getAutoDetectionConfig().isEnabled()).isFalse();
    assertThat(join.getKubernetesConfig().isEnabled()).isFalse();
    assertThat(join.getTcpIpConfig().getMembers()).as("itself").containsExactly("127.0.0.1");
    assertThat(config.getProperty("hazelcast.phone.home.enabled")).isEqualTo("false");
    assertThat(config.getProperty("hazelcast.socket.bind.any")).isEqualTo("false");
  }

  /** Hazelcast checks the block against its schema. */
  @Test
  void shippedFile_discoversInKubernetesWhereItsBlockIsUncommented() throws IOException {
    String shipped = Files.readString(Path.of("cluster.xml"));
    int from = shipped.indexOf("<tcp-ip enabled=\"false\"/>");
    int to = shipped.indexOf("-->", from);
    String join = "<multicast enabled=\"false\"/>" + shipped.substring(from, to);
    String changed =
        shipped.substring(0, shipped.indexOf("<multicast"))
            + join
            + shipped.substring(shipped.indexOf("</join>"));

    Config config =
        HazelcastConfiguration.read(settings("cluster.config", file(changed).toString()), HOST);

    assertThat(config.getNetworkConfig().getJoin().getTcpIpConfig().isEnabled()).isFalse();
    assertThat(config.getNetworkConfig().getJoin().getKubernetesConfig().isEnabled()).isTrue();
    assertThat(config.getNetworkConfig().getJoin().getKubernetesConfig().getProperties())
        .containsEntry("service-dns", "curfew-members.default.svc.cluster.local")
        .containsEntry("service-port", "5701");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "cluster: north",
        "<hazelcast>",
        "<hazelcast xmlns=\"http://www.hazelcast.com/schema/config\"><nonsense/></hazelcast>"
      })
  void file_thatIsNone_isNamed(String content) throws IOException {
    Path file = file(content);

    assertThat(refusal(settings("cluster.config", file.toString())))
        .startsWith("cluster.config: " + file + " cannot be used: ");
  }

  @Test
  void file_thatIsMissing_isNamed() {
    assertThat(refusal(settings("cluster.config", "/nowhere/cluster.xml")))
        .isEqualTo("cluster.config: there is no file /nowhere/cluster.xml");
  }

  @Test
  void host_thatIsAnotherMachine_isRefused() {
    assertThat(refusal(settings("cluster.host", "192.0.2.1")))
        .isEqualTo("cluster.host: this machine has no address 192.0.2.1");
    assertThatThrownBy(
            () -> HazelcastConfiguration.host(settings("cluster.host", "nowhere.invalid")))
        .hasMessage("cluster.host: nobody knows nowhere.invalid");
  }

  @Test
  void port_thatIsInUse_isNamed() throws IOException {
    try (ServerSocket other = new ServerSocket(0, 1, HOST)) {
      String port = Integer.toString(other.getLocalPort());

      assertThat(refusal(settings("cluster.port", port)))
          .contains("ports " + port + " (cluster.port)")
          .contains("already in use");
    }
  }

  @Test
  void certificate_thatIsMissing_isNamed() throws IOException {
    String there = file("no certificate").toString();
    String missing = directory.resolve("missing.pem").toString();

    assertThat(
            refusal(
                settings(
                    "cluster.tls.certificate", there,
                    "cluster.tls.key", missing,
                    "cluster.tls.trust", there)))
        .isEqualTo("cluster.tls.key: " + missing + " cannot be read");
  }
}
