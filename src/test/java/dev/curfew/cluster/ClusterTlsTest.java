package dev.curfew.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import dev.curfew.testing.Await;
import dev.curfew.testing.TestCertificate;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The event bus by mutual TLS. */
class ClusterTlsTest {
  private static final Duration SOON = Duration.ofSeconds(20);

  @TempDir Path directory;

  private Map<String, String> certificate(String name) throws Exception {
    Path certificate = directory.resolve(name + ".pem");
    Path key = directory.resolve(name + "-key.pem");
    TestCertificate.make("EC", 256, certificate, key);
    return Map.of(
        "cluster.tls.certificate", certificate.toString(),
        "cluster.tls.key", key.toString(),
        "cluster.tls.trust", directory.resolve("nodes.pem").toString());
  }

  /** Hazelcast lets everyone in; what goes over the bus does not reach them. */
  @Test
  void members_withoutACertificateThatCounts_areNeitherHeardNorSpokenTo() throws Exception {
    Map<String, String> nodes = certificate("nodes");
    Map<String, String> stranger = certificate("stranger");
    try (Members members =
        Members.startTogether(List.of(nodes, nodes, stranger, Map.<String, String>of()))) {
      members.awaitTouch(SOON);

      awaitAnswer(members.get(0), members.get(1));
      awaitAnswer(members.get(1), members.get(0));
      for (int outsider : List.of(2, 3)) {
        assertThat(members.get(0).ask(members.get(outsider))).startsWith("no");
        assertThat(members.get(outsider).ask(members.get(0))).startsWith("no");
      }
    }
  }

  private static void awaitAnswer(MemberProcess from, MemberProcess to) {
    Await.until("an answer by TLS", SOON, () -> from.ask(to).equals("yes"));
  }
}
