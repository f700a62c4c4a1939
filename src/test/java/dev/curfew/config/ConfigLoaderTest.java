package dev.curfew.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.curfew.fault.CurfewException;
import dev.curfew.fault.ErrorCode;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ConfigLoaderTest {
  @TempDir Path directory;

  @Test
  void sources_laterOnesWin() throws IOException {
    Path file = file("http:\n  port: 1\nbridge:\n  port: 2\ndata:\n  dir: /from-file\n");

    CurfewConfig config =
        new ConfigLoader()
            .override(Map.of("bridge.port", "3"))
            .environment(Map.of("CURFEW_BRIDGE_PORT", "4", "CURFEW_HTTP_PORT", "5", "PATH", "/bin"))
            .file(file)
            .fallback(Map.of("data.dir", "/from-fallback", "database.pool-size", "6"))
            .load();

    assertThat(config.bridge().port()).isEqualTo(3);
    assertThat(config.http().port()).isEqualTo(5);
    assertThat(config.data().dir()).isEqualTo(Path.of("/from-file"));
    assertThat(config.database().poolSize()).isEqualTo(6);
    assertThat(config.pra().rateLimit().perSecond()).isEqualTo(20);
  }

  @Test
  void file_takesListsDottedKeysAndEmptySections() throws IOException {
    CurfewConfig config =
        load(
            """
            policy.default.warn-before: [10m, 90s]
            policy:
              default:
                max-idle:      # no limit
            http:
              trusted-proxies:
                - 10.0.0.0/8
                - "2001:db8::/32"
            node:
              roles: api, sessions, claims
            limits:
            """);

    assertThat(config.policy().defaults().warnBefore())
        .containsExactly(Duration.ofMinutes(10), Duration.ofSeconds(90));
    assertThat(config.policy().defaults().maxIdle()).isEmpty();
    assertThat(config.http().trustedProxies()).hasSize(2);
    assertThat(config.node().roles())
        .containsExactly(NodeRole.API, NodeRole.SESSIONS, NodeRole.CLAIMS);
  }

  @Test
  void file_mayBeEmpty() throws IOException {
    assertThat(load("")).isEqualTo(CurfewConfig.defaults());
    assertThat(load("# nothing\n")).isEqualTo(CurfewConfig.defaults());
  }

  @Test
  void problems_areReportedTogetherEachWithItsPlace() throws IOException {
    Path file =
        file(
            """
            http:
              port: eighty
              hots: 0.0.0.0
            recording:
              max-attempts: 0
              lease: 2 minutes
            limits: 5
            """);

    CurfewException failure =
        refused(
            new ConfigLoader().file(file).environment(Map.of("CURFEW_CLUSTER_ENABLED", "maybe")));

    assertThat(failure.code()).isEqualTo(ErrorCode.BAD_CONFIGURATION);
    assertThat(failure.getMessage().lines().map(String::strip))
        .containsExactlyInAnyOrder(
            "the configuration cannot be used:",
            file + ":3: unknown setting http.hots; did you mean http.host?",
            file + ":7: limits is a section and takes no value of its own",
            file + ":2: http.port must be a whole number, not 'eighty'",
            "CURFEW_CLUSTER_ENABLED: cluster.enabled must be true or false, not 'maybe'",
            file
                + ":6: recording.lease must be a duration such as 500ms, 90s, 5m, 1h30m or 7d,"
                + " largest unit first, not '2 minutes'",
            file + ":5: recording.max-attempts must be from 1 to 100, not '0'");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "http.port | -1",
        "http.port | 65536",
        "http.port | 99999999999",
        "http.port | 80.5",
        "http.port | ''",
        "http.host | 'two words'",
        "bridge.port | 8080",
        "tls.reload | 0s",
        "database.url | mysql://db/curfew",
        "database.pool-size | 81",
        "database.user | curfew",
        "database.password | secret",
        "cluster.enabled | yes",
        "cluster.enabled | true",
        "cluster.name | 'a b'",
        "cluster.host | 0.0.0.0",
        "cluster.host | '::'",
        "cluster.host | 10.0.0.0/8",
        "cluster.port | 0",
        "cluster.bus-port | 5701",
        "cluster.members | 'one:5701, two:'",
        "cluster.members | 'one two'",
        "node.name | 'a b'",
        "node.roles | ''",
        "node.roles | 'api, cook'",
        "node.roles | 'api, claims'",
        "node.roles | 'api, sessions'",
        "node.roles | 'sessions, encoder'",
        "http.leave-delay | 6m",
        "http.trusted-proxies | 10.0.0.1/8",
        "http.trusted-proxies | 10.0.0.0/33",
        "http.trusted-proxies | proxy.example.org",
        "http.trusted-proxies | 999.0.0.1",
        "policy.default.max-duration | 0s",
        "policy.default.max-duration | 9223372036854775807",
        "policy.default.max-duration | 999999999d",
        "policy.default.max-duration | -5m",
        "policy.default.max-duration | 5",
        "policy.default.max-duration | 30m1h",
        "policy.default.warn-before | '5m, 0s'",
        "limits.json-body | 1MB",
        "limits.json-body | 0B",
        "limits.json-body | 999999999999999999TiB",
        "psm.storage-mode | FTP",
        "psm.encryption-key | c2hvcnQ=",
        "secrets.key | not-base64",
        "secrets.key | file:/nowhere/key",
        "recording.encryption.keys | q83vEjRWeJCrze8SNFZ4kKvN7xI0VniQq83vEjRWeJA=",
        "recording.encryption.keys | file:/nowhere/key",
        "recording.encryption.keys | env:NO_SUCH_VARIABLE",
        "recording.encryption.keys | env:PATH",
        "psm.encryption-key | env:NO_SUCH_VARIABLE",
        "recording.destination | ./data/recordings/raw/done",
        "recording.work-directory | ./data/../data/recordings/raw",
        "recording.spool-directory | ./data/recordings/stored/spool",
        "logging.level | loud",
        "no.such | 1",
      })
  void value_unusable_isRefusedByKey(String key, String value) {
    CurfewException failure = refused(new ConfigLoader().override(Map.of(key, value)));

    assertThat(failure.code()).isEqualTo(ErrorCode.BAD_CONFIGURATION);
    assertThat(failure.getMessage()).contains("option: ").contains(key);
  }

  /** A key that each node makes for itself would be another on each. */
  @Test
  void clusterWithoutSecretsKey_isRefused() {
    Map<String, String> cluster =
        Map.of("cluster.enabled", "true", "database.url", "postgresql://db/curfew");
    assertThat(refused(new ConfigLoader().override(cluster)).getMessage())
        .contains("secrets.key is needed with cluster.enabled");

    Map<String, String> withKey = new HashMap<>(cluster);
    withKey.put("secrets.key", "q83vEjRWeJCrze8SNFZ4kKvN7xI0VniQq83vEjRWeJA=");
    assertThat(CurfewConfig.of(withKey).cluster().enabled()).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "http: [\n",
        "http:\n\tport: 1\n",
        "- http\n",
        "just text",
        "http: {port: 1}\n---\nhttp: {port: 2}\n",
        "http:\n  port: 1\n  port: 2\n",
        "http:\n  port: {a: 1}\n",
        "http:\n  port: [1, 2]\n",
        "http:\n  trusted-proxies: [[10.0.0.0/8]]\n",
        "http:\n  port:\n",
        "? [a, b]\n: 1\n",
        "a: &a\n  a: *a\n",
        "bootstrap:\n  admin-key: k\n",
        "http:\n  host: \"\\u0007\"\n",
      })
  void file_malformed_isRefusedWithItsLine(String content) throws IOException {
    Path file = file(content);

    CurfewException failure = refused(new ConfigLoader().file(file));

    assertThat(failure.code()).isEqualTo(ErrorCode.BAD_CONFIGURATION);
    assertThat(failure.getMessage()).containsPattern("curfew\\.yaml:[1-9]");
  }

  @Test
  void file_missingOrNotText_isRefusedByName() throws IOException {
    Path missing = directory.resolve("missing.yaml");
    Path binary = directory.resolve("binary.yaml");
    Files.write(binary, new byte[] {(byte) 0xff, (byte) 0xfe, 0});
    Path control = directory.resolve("control.yaml");
    Files.writeString(control, "http: \u0000");

    assertThat(refused(new ConfigLoader().file(missing)).getMessage()).contains("missing.yaml");
    assertThat(refused(new ConfigLoader().file(binary)).getMessage()).contains("not UTF-8");
    assertThat(refused(new ConfigLoader().file(control)).getMessage()).contains("control.yaml");
    assertThat(refused(new ConfigLoader().file(directory)).getMessage())
        .contains(directory.toString());
  }

  @Test
  void environment_unknownVariable_isRefusedWithAHint() {
    assertThat(
            refused(new ConfigLoader().environment(Map.of("CURFEW_HTTP_PROT", "1"))).getMessage())
        .contains("CURFEW_HTTP_PROT: unknown setting; did you mean CURFEW_HTTP_PORT?");
  }

  @Test
  void environment_serviceLinksOfAContainerPlatform_areNoSettings() {
    CurfewConfig config =
        new ConfigLoader()
            .environment(
                Map.of(
                    "CURFEW_SERVICE_HOST", "10.1.2.3",
                    "CURFEW_SERVICE_PORT", "8080",
                    "CURFEW_SERVICE_PORT_HTTP", "8080",
                    "CURFEW_PORT", "tcp://10.1.2.3:8080",
                    "CURFEW_PORT_8080_TCP_ADDR", "10.1.2.3"))
            .load();

    assertThat(config).isEqualTo(CurfewConfig.defaults());
  }

  @Test
  void secret_inAFile_isRead() throws IOException {
    Path key = directory.resolve("key");
    Files.writeString(key, "q83vEjRWeJCrze8SNFZ4kKvN7xI0VniQq83vEjRWeJA=\n");

    CurfewConfig config = CurfewConfig.of(Map.of("secrets.key", "file:" + key));

    assertThat(config.secrets().key())
        .contains(Secret.of("q83vEjRWeJCrze8SNFZ4kKvN7xI0VniQq83vEjRWeJA="));
  }

  @Test
  void recordingKeys_areReadWhereTheyAre() throws IOException {
    Path old = directory.resolve("old");
    Files.writeString(old, "q83vEjRWeJCrze8SNFZ4kKvN7xI0VniQq83vEjRWeJA=\n");
    Path present = directory.resolve("present");
    Files.writeString(present, "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=");

    CurfewConfig config =
        CurfewConfig.of(
            Map.of(
                "recording.encryption.keys", "file:" + present + ", file:" + old,
                "psm.encryption-key", "file:" + old));

    List<KeyReference> keys = config.recording().encryption().keys();
    assertThat(keys).hasSize(2);
    assertThat(keys.get(0).bytes()).isEqualTo(new byte[32]);
    assertThat(keys.get(1).bytes()).hasSize(32).startsWith(0xab, 0xcd, 0xef);
    assertThat(keys.toString()).contains("file:" + old).doesNotContain("q83v");
    assertThat(config.psm().encryptionKey())
        .contains(Secret.of("q83vEjRWeJCrze8SNFZ4kKvN7xI0VniQq83vEjRWeJA="));
  }

  @Test
  void secret_inAVariable_isRead() {
    CurfewConfig config =
        CurfewConfig.of(
            Map.of("database.url", "postgresql://db/curfew", "database.password", "env:PATH"));

    assertThat(config.database().password().map(Secret::reveal)).contains(System.getenv("PATH"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"secrets.key", "psm.encryption-key", "database.url", "recording.encryption.keys"})
  void secret_unusable_isNotPrinted(String key) {
    assertThat(refused(new ConfigLoader().override(Map.of(key, "hunter2"))).getMessage())
        .contains(key)
        .doesNotContain("hunter2");
  }

  @Test
  void directories_followTheDataDirectory() {
    CurfewConfig config =
        CurfewConfig.of(Map.of("data.dir", "/srv/curfew", "recording.destination", "/mnt/share"));

    assertThat(config.recording().rawDirectory()).isEqualTo(Path.of("/srv/curfew/recordings/raw"));
    assertThat(config.recording().destination()).isEqualTo(Path.of("/mnt/share"));
  }

  @ParameterizedTest
  @CsvSource({
    "500ms, PT0.5S",
    "90s, PT1M30S",
    "5m, PT5M",
    "1h30m, PT1H30M",
    "7d, P7D",
    "1d2h3m4s5ms, P1DT2H3M4.005S"
  })
  void duration_isRead(String text, Duration expected) throws SettingRefused {
    assertThat(DurationText.parse(text)).isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource({"1B, 1", "64KiB, 65536", "16MiB, 16777216", "2GiB, 2147483648", "0B, 0"})
  void size_isReadAndWrittenBack(String text, long bytes) throws SettingRefused {
    assertThat(ByteSize.parse(text)).isEqualTo(new ByteSize(bytes));
    assertThat(new ByteSize(bytes)).hasToString(text);
  }

  @ParameterizedTest
  @CsvSource({
    "10.0.0.0/8, 10.255.0.1, true",
    "10.0.0.0/8, 11.0.0.1, false",
    "192.168.4.0/22, 192.168.7.255, true",
    "192.168.4.0/22, 192.168.8.0, false",
    "127.0.0.1, 127.0.0.1, true",
    "127.0.0.1, 127.0.0.2, false",
    "0.0.0.0/0, 8.8.8.8, true",
    "0.0.0.0/0, ::1, false",
    "2001:db8::/33, 2001:db8:7fff::1, true",
    "2001:db8::/33, 2001:db8:8000::1, false",
    "::ffff:10.0.0.1, 10.0.0.1, true",
  })
  void range_containsItsAddresses(String range, String address, boolean inside) throws Exception {
    assertThat(CidrBlock.parse(range).contains(InetAddress.getByName(address))).isEqualTo(inside);
  }

  private CurfewConfig load(String content) throws IOException {
    return new ConfigLoader().file(file(content)).load();
  }

  private Path file(String content) throws IOException {
    return Files.writeString(directory.resolve("curfew.yaml"), content, StandardCharsets.UTF_8);
  }

  private static CurfewException refused(ConfigLoader loader) {
    return catchThrowableOfType(CurfewException.class, loader::load);
  }

  @Test
  void issuers_areReadFromFileAndVariable_eachWithItsDefaults() throws IOException {
    CurfewConfig.OidcIssuer expected =
        new CurfewConfig.OidcIssuer(
            "https://login.example.com",
            "curfew",
            "preferred_username",
            Optional.of("groups"),
            List.of("admins=ORG_ADMIN", "staff=USER"),
            "root");
    CurfewConfig fromFile =
        load(
            """
            auth:
              oidc:
                - issuer: https://login.example.com
                  audience: curfew
                  roles-claim: groups
                  roles: [admins=ORG_ADMIN, staff=USER]
                - {issuer: "http://127.0.0.1:9/x", audience: a, realm: acme, username-claim: sub}
            """);
    assertThat(fromFile.auth().oidc())
        .containsExactly(
            expected,
            new CurfewConfig.OidcIssuer(
                "http://127.0.0.1:9/x", "a", "sub", Optional.empty(), List.of(), "acme"));
    CurfewConfig fromVariable =
        new ConfigLoader()
            .environment(
                Map.of(
                    "CURFEW_AUTH_OIDC",
                    "[{\"issuer\": \"https://login.example.com\", \"audience\": \"curfew\","
                        + " \"roles-claim\": \"groups\","
                        + " \"roles\": \"admins=ORG_ADMIN, staff=USER\"}]"))
            .load();
    assertThat(fromVariable.auth().oidc()).containsExactly(expected);
    assertThat(load("auth:\n  oidc:\n").auth().oidc()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        "[{audience: a}] | auth.oidc[0].issuer has no value",
        "[{issuer: 'https://a', audience: a, colour: red}] | no setting 'colour'",
        "[{issuer: 'https://a', audience: [a, b]}] | auth.oidc[0].audience takes one value",
        "[{issuer: 'http://login.example.com', audience: a}] | https",
        "[{issuer: 'https://a?b=c', audience: a}] | https",
        "[{issuer: 'http://localhost:8080', audience: a}] | differ",
        "[{issuer: 'https://a', audience: a}, {issuer: 'https://a', audience: b}] | differ",
        "[{issuer: 'https://a', audience: a, roles-claim: g, roles: [x=BOSS]}] | value=ROLE",
        "[{issuer: 'https://a', audience: a, roles: [x=USER]}] | roles-claim and roles",
        "[{issuer: 'https://a', audience: a, realm: b, roles-claim: g, roles: [x=ADMIN]}] | root",
        "[{issuer: | YAML",
        "https://a | takes a list of entries",
        "[https://a] | takes a list of entries",
        "{issuer: 'https://a'} | not a section"
      })
  void issuers_thatCannotBeUsed_areRefusedWithTheReason(String value, String reason) {
    assertThat(refused(new ConfigLoader().override(Map.of("auth.oidc", value))).getMessage())
        .contains("auth.oidc")
        .contains(reason);
  }

  @ParameterizedTest
  @CsvSource({
    "tls.certificate, tls.key",
    "tls.key, tls.certificate",
    "cluster.tls.key, cluster.tls.certificate",
    "cluster.tls.key, cluster.tls.trust",
    "cluster.tls.trust, cluster.tls.key"
  })
  void oneOfAPair_asksForTheOther(String given, String missing) {
    assertThat(refused(new ConfigLoader().override(Map.of(given, "tls.pem"))).getMessage())
        .contains(missing + " is needed too");
  }
}
