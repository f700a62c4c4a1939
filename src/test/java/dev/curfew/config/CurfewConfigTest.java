package dev.curfew.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Every default, every name, and the shipped file against both. */
class CurfewConfigTest {
  private static final Path SHIPPED = Path.of("conf/curfew.yaml");

  @Test
  void defaults_areTheDocumentedOnes() throws IOException {
    CurfewConfig config = CurfewConfig.defaults();

    assertThat(config)
        .isEqualTo(
            new CurfewConfig(
                new CurfewConfig.Http("127.0.0.1", 8080, List.of(), Duration.ZERO),
                new CurfewConfig.Tls(Optional.empty(), Optional.empty(), Duration.ofMinutes(1)),
                new CurfewConfig.Bridge(7000),
                new CurfewConfig.Data(Path.of("./data")),
                new CurfewConfig.Database(Optional.empty(), Optional.empty(), Optional.empty(), 16),
                new CurfewConfig.Cluster(
                    false,
                    Optional.empty(),
                    "curfew",
                    "127.0.0.1",
                    5701,
                    0,
                    List.of(),
                    new CurfewConfig.ClusterTls(
                        Optional.empty(), Optional.empty(), Optional.empty())),
                new CurfewConfig.Node(
                    Files.readString(Path.of("/proc/sys/kernel/hostname")).strip(),
                    Set.of(NodeRole.values())),
                new CurfewConfig.Sessions(
                    Duration.ofSeconds(5), Duration.ZERO, Duration.ofSeconds(1)),
                new CurfewConfig.Policy(
                    new CurfewConfig.PolicyDefaults(
                        Duration.ofHours(24),
                        Optional.empty(),
                        Duration.ofMinutes(5),
                        List.of(Duration.ofMinutes(5)))),
                new CurfewConfig.Watchdog(
                    Duration.ofSeconds(5),
                    new CurfewConfig.WatchdogLimits(
                        Duration.ofMinutes(10),
                        Duration.ofMinutes(10),
                        Duration.ofMinutes(1),
                        Duration.ofSeconds(10))),
                new CurfewConfig.Recording(
                    Duration.ofMinutes(2),
                    3,
                    Path.of("./data/recordings/raw"),
                    Path.of("./data/recordings/work"),
                    Path.of("./data/recordings/stored"),
                    Path.of("./data/recordings/spool"),
                    new ByteSize(1L << 30),
                    Duration.ofSeconds(5),
                    store(),
                    store(),
                    Duration.ofDays(1),
                    Optional.empty(),
                    Duration.ofMinutes(5),
                    new CurfewConfig.Encryption(List.of())),
                new CurfewConfig.Auth(
                    "http://localhost:8080",
                    Duration.ofMinutes(15),
                    Duration.ofHours(12),
                    Duration.ofDays(7),
                    Duration.ofDays(30),
                    List.of()),
                new CurfewConfig.Limits(
                    new ByteSize(1 << 20), new ByteSize(10 << 20), 50, new ByteSize(16 << 20)),
                new CurfewConfig.RateLimit(1000, 50),
                new CurfewConfig.Pra(
                    CurfewConfig.PraProduct.PRA,
                    new CurfewConfig.PraRateLimit(20, 15000, Set.of())),
                new CurfewConfig.Psm(Optional.empty(), true, true, true, Optional.empty()),
                new CurfewConfig.Am(
                    "iPlanetDirectoryPro", List.of("ldapService", "adminconsoleservice")),
                new CurfewConfig.Webhooks(false, Duration.ofDays(7)),
                new CurfewConfig.Events(Duration.ofDays(90), Duration.ofSeconds(1)),
                new CurfewConfig.Ssf(Duration.ofSeconds(10), Duration.ofSeconds(30)),
                new CurfewConfig.Secrets(Optional.empty()),
                new CurfewConfig.Logging(CurfewConfig.LogFormat.TEXT, CurfewConfig.LogLevel.INFO),
                new CurfewConfig.Bootstrap(Optional.empty(), Optional.empty())));
    assertThat(config.database().isEmbedded()).isTrue();
  }

  private static StoreSettings store() {
    return new StoreSettings(
        StoreKind.FOLDER,
        new StoreSettings.Smb(
            Optional.empty(),
            445,
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            true,
            Duration.ofSeconds(30)),
        new StoreSettings.S3(
            Optional.empty(),
            "us-east-1",
            Optional.empty(),
            Optional.empty(),
            false,
            Optional.empty(),
            Optional.empty(),
            S3Encryption.NONE,
            Optional.empty(),
            Duration.ofSeconds(30)),
        new StoreSettings.Azure(
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Duration.ofSeconds(30)));
  }

  @Test
  void names_areTheOnesOthersRelyOn() {
    List<String> keys = new SettingCatalogue().all().stream().map(SettingDefinition::key).toList();

    assertThat(keys)
        .containsExactly(
            "http.host",
            "http.port",
            "http.trusted-proxies",
            "http.leave-delay",
            "tls.certificate",
            "tls.key",
            "tls.reload",
            "bridge.port",
            "data.dir",
            "database.url",
            "database.user",
            "database.password",
            "database.pool-size",
            "cluster.enabled",
            "cluster.config",
            "cluster.name",
            "cluster.host",
            "cluster.port",
            "cluster.bus-port",
            "cluster.members",
            "cluster.tls.certificate",
            "cluster.tls.key",
            "cluster.tls.trust",
            "node.name",
            "node.roles",
            "sessions.request-timeout",
            "sessions.commit-interval",
            "sessions.pulse-interval",
            "policy.default.max-duration",
            "policy.default.max-idle",
            "policy.default.stale-after",
            "policy.default.warn-before",
            "watchdog.interval",
            "watchdog.limits.encoding",
            "watchdog.limits.uploading",
            "watchdog.limits.ending",
            "watchdog.limits.overdue",
            "recording.lease",
            "recording.max-attempts",
            "recording.raw-directory",
            "recording.work-directory",
            "recording.destination",
            "recording.spool-directory",
            "recording.spool-limit",
            "recording.store-patience",
            "recording.raw.kind",
            "recording.raw.smb.host",
            "recording.raw.smb.port",
            "recording.raw.smb.share",
            "recording.raw.smb.folder",
            "recording.raw.smb.domain",
            "recording.raw.smb.user",
            "recording.raw.smb.password",
            "recording.raw.smb.encrypt",
            "recording.raw.smb.timeout",
            "recording.raw.s3.endpoint",
            "recording.raw.s3.region",
            "recording.raw.s3.bucket",
            "recording.raw.s3.prefix",
            "recording.raw.s3.path-style",
            "recording.raw.s3.access-key-id",
            "recording.raw.s3.secret-access-key",
            "recording.raw.s3.encryption",
            "recording.raw.s3.kms-key-id",
            "recording.raw.s3.timeout",
            "recording.raw.azure.endpoint",
            "recording.raw.azure.account",
            "recording.raw.azure.container",
            "recording.raw.azure.prefix",
            "recording.raw.azure.account-key",
            "recording.raw.azure.sas-token",
            "recording.raw.azure.timeout",
            "recording.finished.kind",
            "recording.finished.smb.host",
            "recording.finished.smb.port",
            "recording.finished.smb.share",
            "recording.finished.smb.folder",
            "recording.finished.smb.domain",
            "recording.finished.smb.user",
            "recording.finished.smb.password",
            "recording.finished.smb.encrypt",
            "recording.finished.smb.timeout",
            "recording.finished.s3.endpoint",
            "recording.finished.s3.region",
            "recording.finished.s3.bucket",
            "recording.finished.s3.prefix",
            "recording.finished.s3.path-style",
            "recording.finished.s3.access-key-id",
            "recording.finished.s3.secret-access-key",
            "recording.finished.s3.encryption",
            "recording.finished.s3.kms-key-id",
            "recording.finished.s3.timeout",
            "recording.finished.azure.endpoint",
            "recording.finished.azure.account",
            "recording.finished.azure.container",
            "recording.finished.azure.prefix",
            "recording.finished.azure.account-key",
            "recording.finished.azure.sas-token",
            "recording.finished.azure.timeout",
            "recording.local-retention",
            "recording.retention",
            "recording.stalled-after",
            "recording.encryption.keys",
            "auth.issuer",
            "auth.access-token-ttl",
            "auth.refresh-token-ttl",
            "auth.login-ttl",
            "auth.key-rotation",
            "auth.oidc",
            "limits.json-body",
            "limits.screenshot",
            "limits.screenshot-megapixels",
            "limits.recording-chunk",
            "rate-limit.per-second",
            "rate-limit.failures-per-second",
            "pra.product",
            "pra.rate-limit.per-second",
            "pra.rate-limit.per-hour",
            "pra.rate-limit.exempt",
            "psm.storage-mode",
            "psm.encoding-enabled",
            "psm.record-keystrokes",
            "psm.capture-clipboard",
            "psm.encryption-key",
            "am.cookie-name",
            "am.services",
            "webhooks.allow-private-targets",
            "webhooks.keep-deliveries",
            "events.retention",
            "events.seal-interval",
            "ssf.min-verification-interval",
            "ssf.longest-poll",
            "secrets.key",
            "logging.format",
            "logging.level",
            "bootstrap.admin-key",
            "bootstrap.admin-password");
  }

  @Test
  void shippedFile_setsEverySettingAndOnlySettings() {
    SettingCatalogue catalogue = new SettingCatalogue();
    Map<String, RawValue> inFile = new LinkedHashMap<>();
    List<String> problems = new ArrayList<>();

    new ConfigFile(SHIPPED, catalogue, inFile, problems).read();

    assertThat(problems).isEmpty();
    assertThat(inFile.keySet())
        .containsExactlyElementsOf(
            catalogue.all().stream()
                .filter(setting -> !setting.declared().environmentOnly())
                .map(SettingDefinition::key)
                .toList());
  }

  @Test
  void shippedFile_saysTheDefaults() {
    SettingCatalogue catalogue = new SettingCatalogue();
    Map<String, RawValue> inFile = new LinkedHashMap<>();
    new ConfigFile(SHIPPED, catalogue, inFile, new ArrayList<>()).read();

    // One by one, so that two wrong lines cannot make up for each other.
    inFile.forEach(
        (key, written) -> {
          SettingDefinition setting = Objects.requireNonNull(catalogue.byKey(key));
          List<String> problems = new ArrayList<>();
          assertThat(ValueReader.read(setting, written, problems))
              .as(key)
              .isPresent()
              .isEqualTo(ValueReader.read(setting, setting.defaultValue(), problems));
        });
    assertThat(new ConfigLoader().file(SHIPPED).load()).isEqualTo(CurfewConfig.defaults());
  }

  @Test
  void storageMode_followsTheKindOfDestination() {
    assertThat(CurfewConfig.defaults().storageMode()).isEqualTo(CurfewConfig.StorageMode.UNC);
    assertThat(withFinished("s3", Map.of("recording.finished.s3.bucket", "recordings")))
        .isEqualTo(CurfewConfig.StorageMode.AWS);
    assertThat(
            withFinished(
                "azure",
                Map.of(
                    "recording.finished.azure.account", "firm",
                    "recording.finished.azure.container", "recordings",
                    "recording.finished.azure.sas-token", "sv=1&sig=2")))
        .isEqualTo(CurfewConfig.StorageMode.AZURE);
    assertThat(
            withFinished(
                "smb",
                Map.of(
                    "recording.finished.smb.host", "files",
                    "recording.finished.smb.share", "recordings",
                    "recording.finished.smb.user", "curfew",
                    "recording.finished.smb.password", "hunter2",
                    "psm.storage-mode", "Azure")))
        .isEqualTo(CurfewConfig.StorageMode.AZURE);
  }

  private static CurfewConfig.StorageMode withFinished(String kind, Map<String, String> settings) {
    Map<String, String> all = new LinkedHashMap<>(settings);
    all.put("recording.finished.kind", kind);
    return CurfewConfig.of(all).storageMode();
  }

  @Test
  void secrets_areMaskedInEveryText() {
    CurfewConfig config =
        new ConfigLoader()
            .environment(
                Map.of(
                    "CURFEW_DATABASE_URL", "postgresql://u:hunter2@db/curfew",
                    "CURFEW_DATABASE_PASSWORD", "hunter2",
                    "CURFEW_BOOTSTRAP_ADMIN_KEY", "hunter2",
                    "CURFEW_BOOTSTRAP_ADMIN_PASSWORD", "hunter2"))
            .load();

    assertThat(config.toString()).doesNotContain("hunter2").contains("***");
    assertThat(config.bootstrap().adminKey()).contains(Secret.of("hunter2"));
    assertThat(config.bootstrap().adminKey().map(Secret::reveal)).contains("hunter2");
  }
}
