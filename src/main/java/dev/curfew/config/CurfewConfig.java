package dev.curfew.config;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Every setting of a node, checked. A setting's key is the path of component names in kebab-case
 * ({@code recording.max-attempts}); its variable is {@code CURFEW_} and the key in capitals, with
 * {@code .} and {@code -} as {@code _}. What each means to an operator is told in {@code
 * conf/curfew.yaml}.
 *
 * <p>In directories {@code ${data.dir}} stands for the data directory, in the node's name {@code
 * ${host.name}} for the machine's.
 */
public record CurfewConfig(
    Http http,
    Tls tls,
    Bridge bridge,
    Data data,
    Database database,
    Cluster cluster,
    Node node,
    Sessions sessions,
    Policy policy,
    Watchdog watchdog,
    Recording recording,
    Auth auth,
    Limits limits,
    RateLimit rateLimit,
    Pra pra,
    Psm psm,
    Am am,
    Webhooks webhooks,
    Events events,
    Ssf ssf,
    Secrets secrets,
    Logging logging,
    Bootstrap bootstrap) {

  /** The configuration of a node for which nothing is set. */
  public static CurfewConfig defaults() {
    return of(Map.of());
  }

  /**
   * A configuration from the defaults and the given settings alone, without file or environment.
   *
   * @param settings texts as written in the file, by key
   * @throws dev.curfew.fault.CurfewException BAD_CONFIGURATION
   */
  public static CurfewConfig of(Map<String, String> settings) {
    return new ConfigLoader().override(settings).load();
  }

  /** The kind of the recordings' destination, as gateways are told it. */
  public StorageMode storageMode() {
    return psm.storageMode().orElse(recording.finished().kind().storageMode());
  }

  /**
   * The HTTP listener.
   *
   * @param host address or name to listen on
   * @param port 0 takes a free port
   * @param trustedProxies peers whose {@code X-Forwarded-For} and {@code X-Real-IP} are believed
   * @param leaveDelay how long a node that leaves goes on listening, so that balancers see that it
   *     is not ready and send nothing more
   */
  public record Http(
      @Setting("127.0.0.1") String host,
      @Setting(value = "8080", min = "0", max = "65535") int port,
      @Setting("") List<CidrBlock> trustedProxies,
      @Setting(value = "0s", min = "0s", max = "5m") Duration leaveDelay) {}

  /**
   * What the listeners show to prove who they are; without it they speak plain text.
   *
   * @param certificate PEM file of the certificate and those that vouch for it, the node's first
   * @param key PEM file of its private key, RSA or EC, PKCS #8 without a passphrase
   * @param reload how often the files are looked at again
   */
  public record Tls(
      @Setting("") Optional<Path> certificate,
      @Setting("") Optional<Path> key,
      @Setting(value = "1m", min = "100ms", max = "1d") Duration reload) {

    /** Whether the listeners speak TLS. */
    public boolean enabled() {
      return certificate.isPresent() && key.isPresent();
    }
  }

  /**
   * The TCP event-bus bridge, on the HTTP listener's host.
   *
   * @param port 0 takes a free port
   */
  public record Bridge(@Setting(value = "7000", min = "0", max = "65535") int port) {}

  /**
   * What the node keeps on its own disk.
   *
   * @param dir used by one node at a time
   */
  public record Data(@Setting("./data") Path dir) {}

  /**
   * The PostgreSQL server.
   *
   * @param url a {@code postgresql://} or {@code jdbc:postgresql://} URL, secret because it may
   *     carry the password; none for the embedded server
   * @param user overrides the URL's
   * @param password overrides the URL's
   * @param poolSize connections of this node
   */
  public record Database(
      @Setting("") Optional<Secret> url,
      @Setting("") Optional<String> user,
      @Setting("") Optional<Secret> password,
      @Setting(value = "16", min = "2", max = "1000") int poolSize) {

    /** Whether the node runs its own server. */
    public boolean isEmbedded() {
      return url.isEmpty();
    }
  }

  /**
   * How this node joins others.
   *
   * @param enabled whether it does; its database must then be reachable for all
   * @param config Hazelcast's own configuration, in XML; none for {@code ./cluster.xml} where it is
   *     there, else for the one in the jar
   * @param name only nodes that give the same find each other
   * @param host this machine's address that the others reach; nothing is bound to any other
   * @param port where Hazelcast listens
   * @param busPort where the event bus listens; 0 takes a free port
   * @param members some of the others, each as {@code host} or {@code host:port}; may name nodes
   *     that do not run and this one
   */
  public record Cluster(
      @Setting("false") boolean enabled,
      @Setting("") Optional<Path> config,
      @Setting("curfew") String name,
      @Setting("127.0.0.1") String host,
      @Setting(value = "5701", min = "1", max = "65535") int port,
      @Setting(value = "0", min = "0", max = "65535") int busPort,
      @Setting("") List<String> members,
      ClusterTls tls) {}

  /**
   * What nodes show each other on the event bus; without it they speak plain text to whoever asks.
   *
   * @param certificate PEM file of this node's certificate, for both ends of a connection
   * @param key PEM file of its private key, PKCS #8 without a passphrase
   * @param trust PEM file of the authorities: whoever has a certificate of theirs is a node
   */
  public record ClusterTls(
      @Setting("") Optional<Path> certificate,
      @Setting("") Optional<Path> key,
      @Setting("") Optional<Path> trust) {

    /** Whether nodes must show certificates. */
    public boolean enabled() {
      return certificate.isPresent() && key.isPresent() && trust.isPresent();
    }
  }

  /**
   * @param name how the node is called in ownership rows and logs; unique in the cluster
   */
  public record Node(
      @Setting("${host.name}") String name,
      @Setting("api, sessions, claims, encoder, uploader, watchdog, alerts, delivery")
          Set<NodeRole> roles) {}

  /**
   * The shards of live sessions.
   *
   * @param requestTimeout how long a command may wait for its shard before the caller is told to
   *     try again
   * @param commitInterval least time between two commits of a shard; zero commits as soon as the
   *     commit before is done
   * @param pulseInterval how often heartbeats are written: what a crash may forget of liveness
   */
  public record Sessions(
      @Setting(value = "5s", min = "100ms", max = "1m") Duration requestTimeout,
      @Setting(value = "0ms", min = "0ms", max = "1s") Duration commitInterval,
      @Setting(value = "1s", min = "50ms", max = "1m") Duration pulseInterval) {}

  public record Policy(@Section("default") PolicyDefaults defaults) {}

  /**
   * What a policy that does not say otherwise allows.
   *
   * @param maxDuration longest life of a session, extensions included
   * @param maxIdle longest time without activity of the user; none for no limit
   * @param staleAfter longest silence of a session's owner process
   * @param warnBefore how long before its end a session is warned
   */
  public record PolicyDefaults(
      @Setting(value = "24h", min = "1s", max = "365d") Duration maxDuration,
      @Setting(value = "", min = "1s", max = "365d") Optional<Duration> maxIdle,
      @Setting(value = "5m", min = "1s", max = "1d") Duration staleAfter,
      @Setting(value = "5m", min = "1s", max = "7d") List<Duration> warnBefore) {}

  /**
   * @param interval how often the watchdog sweeps
   */
  public record Watchdog(
      @Setting(value = "5s", min = "100ms", max = "1h") Duration interval, WatchdogLimits limits) {}

  /**
   * How long a stage may go without a sign of life.
   *
   * @param encoding since the encoder's last Polling
   * @param uploading since the uploader's last Polling
   * @param ending since a session entered ENDING
   * @param overdue since a live session's deadline
   */
  public record WatchdogLimits(
      @Setting(value = "10m", min = "1s", max = "7d") Duration encoding,
      @Setting(value = "10m", min = "1s", max = "7d") Duration uploading,
      @Setting(value = "1m", min = "1s", max = "1d") Duration ending,
      @Setting(value = "10s", min = "1s", max = "1h") Duration overdue) {}

  /**
   * @param lease how long a claim holds without Polling
   * @param maxAttempts claims of one stage before the recording is Failed
   * @param rawDirectory chunks as they arrive, where {@code raw} is a folder
   * @param workDirectory the encoder's files until they are uploaded
   * @param destination where finished recordings are stored, where {@code finished} is a folder
   * @param spoolDirectory chunks of this node while the store of raw data is away
   * @param spoolLimit what the spool may take on disk
   * @param storePatience how long that store may take for a chunk before it is taken to be away
   * @param raw the store of chunks
   * @param finished the store of finished recordings
   * @param localRetention how long raw chunks stay after the destination was read back
   * @param retention how long finished recordings are kept at their destination where neither
   *     policy nor realm says; none for ever
   * @param stalledAfter how long an upload may move no byte before it is cancelled and tried again
   * @param encryption of what lies in the stores
   */
  public record Recording(
      @Setting(value = "2m", min = "1s", max = "1d") Duration lease,
      @Setting(value = "3", min = "1", max = "100") int maxAttempts,
      @Setting("${data.dir}/recordings/raw") Path rawDirectory,
      @Setting("${data.dir}/recordings/work") Path workDirectory,
      @Setting("${data.dir}/recordings/stored") Path destination,
      @Setting("${data.dir}/recordings/spool") Path spoolDirectory,
      @Setting(value = "1GiB", min = "1MiB", max = "1TiB") ByteSize spoolLimit,
      @Setting(value = "5s", min = "100ms", max = "10m") Duration storePatience,
      StoreSettings raw,
      StoreSettings finished,
      @Setting(value = "1d", min = "0s", max = "3650d") Duration localRetention,
      @Setting(value = "", min = "1s", max = "36500d") Optional<Duration> retention,
      @Setting(value = "5m", min = "1s", max = "1d") Duration stalledAfter,
      Encryption encryption) {}

  /**
   * @param keys those under which recordings are or were encrypted: the first encrypts, all
   *     decrypt; none for no encryption
   */
  public record Encryption(@Setting("") List<KeyReference> keys) {}

  /**
   * Who is believed to be who.
   *
   * @param issuer URL that stands in access tokens as issuer and audience; the same on all nodes
   * @param accessTokenTtl life of an access token
   * @param refreshTokenTtl how long a login lasts without being refreshed
   * @param loginTtl how long a login lasts however often it is refreshed
   * @param keyRotation how long a key signs access tokens
   * @param oidc issuers whose tokens are believed
   */
  public record Auth(
      @Setting("http://localhost:8080") String issuer,
      @Setting(value = "15m", min = "10s", max = "1d") Duration accessTokenTtl,
      @Setting(value = "12h", min = "10s", max = "365d") Duration refreshTokenTtl,
      @Setting(value = "7d", min = "10s", max = "365d") Duration loginTtl,
      @Setting(value = "30d", min = "1m", max = "365d") Duration keyRotation,
      @Setting("") List<OidcIssuer> oidc) {}

  /**
   * An OpenID Connect issuer whose tokens name users of Curfew.
   *
   * @param issuer as it stands in the tokens; its discovery document is found below it
   * @param audience one that the tokens must be meant for
   * @param usernameClaim the claim that names the user; of {@code email} it is the address, which
   *     must be verified
   * @param rolesClaim the claim that says what the user may do, dots leading into objects; none for
   *     the roles that the user has here
   * @param roles which value of that claim means which role, as {@code value=ROLE}
   * @param realm where the users are
   */
  public record OidcIssuer(
      @Setting("") String issuer,
      @Setting("") String audience,
      @Setting("preferred_username") String usernameClaim,
      @Setting("") Optional<String> rolesClaim,
      @Setting("") List<String> roles,
      @Setting("root") String realm) {}

  /**
   * The largest inputs taken; more is answered with 413.
   *
   * @param jsonBody a request's JSON, where it carries no file
   * @param screenshot one image, after base64
   * @param screenshotMegapixels one image, in millions of declared pixels
   * @param recordingChunk one chunk of a raw recording, after base64
   */
  public record Limits(
      @Setting(value = "1MiB", min = "1KiB", max = "64MiB") ByteSize jsonBody,
      @Setting(value = "10MiB", min = "1KiB", max = "256MiB") ByteSize screenshot,
      @Setting(value = "50", min = "1", max = "1000") int screenshotMegapixels,
      @Setting(value = "16MiB", min = "1KiB", max = "256MiB") ByteSize recordingChunk) {}

  /**
   * @param perSecond requests of one principal; 0 for no limit
   * @param failuresPerSecond bad credentials from one address; 0 for no limit
   */
  public record RateLimit(
      @Setting(value = "1000", min = "0", max = "1000000") int perSecond,
      @Setting(value = "50", min = "0", max = "1000000") int failuresPerSecond) {}

  /**
   * @param product what the appliance says it is; {@code rs} has no session status
   */
  public record Pra(@Setting("pra") PraProduct product, PraRateLimit rateLimit) {}

  /**
   * @param perSecond requests of one API account; 0 for no limit
   * @param perHour requests of one API account; 0 for no limit
   * @param exempt trusted accounts without a limit, each as {@code realm/user} or the user's id
   */
  public record PraRateLimit(
      @Setting(value = "20", min = "0", max = "1000000") int perSecond,
      @Setting(value = "15000", min = "0", max = "1000000000") int perHour,
      @Setting("") Set<String> exempt) {}

  /** The two products that share the PRA dialect. */
  public enum PraProduct {
    PRA,
    RS;

    /** As it is written in the file. */
    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /**
   * What gateways are told by GetPAMSettings.
   *
   * @param storageMode kind of the recordings' destination; none for what it is, see {@link
   *     CurfewConfig#storageMode()}
   * @param encodingEnabled whether recordings are encoded
   * @param recordKeystrokes whether keystrokes are kept
   * @param captureClipboard whether the clipboard is kept
   * @param encryptionKey base64 of 32 bytes, or where that is to be found; told to clients with the
   *     scope for it
   */
  public record Psm(
      @Setting("") Optional<StorageMode> storageMode,
      @Setting("true") boolean encodingEnabled,
      @Setting("true") boolean recordKeystrokes,
      @Setting("true") boolean captureClipboard,
      @Setting("") Optional<Secret> encryptionKey) {}

  /** Kinds of destination, by the names that the PSM dialect has for them. */
  public enum StorageMode {
    /** A folder or share. */
    UNC("UNC"),
    /** S3. */
    AWS("AWS"),
    /** Azure Blob. */
    AZURE("Azure");

    private final String wireName;

    StorageMode(String wireName) {
      this.wireName = wireName;
    }

    /** As it is written in the file and on the wire. */
    @Override
    public String toString() {
      return wireName;
    }
  }

  /**
   * @param cookieName header and cookie that carry a session token
   * @param services login chains that clients may name
   */
  public record Am(
      @Setting("iPlanetDirectoryPro") String cookieName,
      @Setting("ldapService, adminconsoleservice") List<String> services) {}

  /**
   * @param allowPrivateTargets whether webhooks may go to private, loopback and link-local
   *     addresses
   * @param keepDeliveries how long deliveries are shown after they were delivered or given up
   */
  public record Webhooks(
      @Setting("false") boolean allowPrivateTargets,
      @Setting(value = "7d", min = "1h", max = "365d") Duration keepDeliveries) {}

  /**
   * @param retention how long events, which are the audit log too, are kept
   * @param sealInterval how often what is new in the log is sealed
   */
  public record Events(
      @Setting(value = "90d", min = "1d", max = "3650d") Duration retention,
      @Setting(value = "1s", min = "100ms", max = "1h") Duration sealInterval) {}

  /**
   * Streams of security events to other identity systems.
   *
   * @param minVerificationInterval least time between two verification events of a stream
   * @param longestPoll how long a poll waits at most where there is nothing to tell
   */
  public record Ssf(
      @Setting(value = "10s", min = "1s", max = "1h") Duration minVerificationInterval,
      @Setting(value = "30s", min = "1s", max = "110s") Duration longestPoll) {}

  /**
   * @param key base64 of the 32 bytes under which secrets are encrypted in the database; none for
   *     one that is generated and kept in the data directory
   */
  public record Secrets(@Setting("") Optional<Secret> key) {}

  /**
   * @param level of Curfew's own messages; libraries speak from WARN on
   */
  public record Logging(@Setting("text") LogFormat format, @Setting("info") LogLevel level) {}

  /** How log lines are written, always to standard error. */
  public enum LogFormat {
    /** One short line for a person. */
    TEXT,
    /** One JSON object a line for a collector. */
    JSON;

    /** As it is written in the file. */
    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** The least severe message that is logged. */
  public enum LogLevel {
    ERROR,
    WARN,
    INFO,
    DEBUG,
    TRACE;

    /** As it is written in the file. */
    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /**
   * What the first start creates.
   *
   * @param adminKey the administrator's API key; none for a generated one, printed once. A later
   *     start adds it where it is new, and never brings a revoked one back
   * @param adminPassword the password of user {@code admin}; none for no password. Later starts
   *     ignore it
   */
  public record Bootstrap(
      @Setting(value = "", environmentOnly = true) Optional<Secret> adminKey,
      @Setting(value = "", environmentOnly = true) Optional<Secret> adminPassword) {}
}
