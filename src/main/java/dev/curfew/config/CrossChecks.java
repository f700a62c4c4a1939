package dev.curfew.config;

import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.Base64;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Rules that one setting's type and range cannot state. */
final class CrossChecks {
  private static final Pattern DATABASE_URL =
      Pattern.compile("(jdbc:postgresql|postgresql|postgres)://.+", Pattern.DOTALL);
  private static final Pattern NODE_NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,62}");
  private static final Pattern HOST = Pattern.compile("[A-Za-z0-9._:%-]+");

  private static final Pattern ANY_ADDRESS = Pattern.compile("0\\.0\\.0\\.0|[0:]+|\\[[0:]+]");
  private static final Pattern MEMBER =
      Pattern.compile("([A-Za-z0-9._-]+|\\[[0-9A-Fa-f:.%]+])(:[1-9][0-9]{0,4})?");

  private static final Pattern COOKIE_NAME = Pattern.compile("[A-Za-z0-9_-]{1,64}");
  private static final Pattern ROLE = Pattern.compile(".+=(USER|AUDITOR|ORG_ADMIN|ADMIN)");
  private static final Pattern LOOPBACK_URL =
      Pattern.compile("^http://(localhost|127\\.[0-9.]+|\\[::1])(:[0-9]+)?(/|$)");

  /** Roles with which a node asks for recordings, for itself or for others. */
  private static final Set<NodeRole> CLAIMING =
      Set.of(NodeRole.API, NodeRole.ENCODER, NodeRole.UPLOADER);

  /** The embedded server takes 100 connections; migrations and an operator need a few of them. */
  private static final int EMBEDDED_POOL = 80;

  static final int KEY_BYTES = 32;

  private CrossChecks() {}

  /**
   * @param refuse takes the key of each setting at fault and the reason against it
   */
  static void check(CurfewConfig config, BiConsumer<String, String> refuse) {
    checkListeners(config, refuse);
    checkDatabase(config, refuse);
    checkNode(config, refuse);
    checkCluster(config, refuse);
    StoreChecks.check(config.recording(), refuse);
    if (!COOKIE_NAME.matcher(config.am().cookieName()).matches()) {
      refuse.accept(
          "am.cookie-name", "must be at most 64 letters, digits, hyphens and underscores");
    }
    checkIssuers(config.auth(), refuse);
    checkKey("secrets.key", config.secrets().key(), refuse);
    checkKey("psm.encryption-key", config.psm().encryptionKey(), refuse);
  }

  private static void checkListeners(CurfewConfig config, BiConsumer<String, String> refuse) {
    if (!isHost(config.http().host())) {
      refuse.accept("http.host", "must be an address or a host name");
    }
    if (config.bridge().port() != 0 && config.bridge().port() == config.http().port()) {
      refuse.accept("bridge.port", "must not be the port of http.port");
    }
    if (config.tls().certificate().isPresent() != config.tls().key().isPresent()) {
      String missing = config.tls().key().isPresent() ? "tls.certificate" : "tls.key";
      refuse.accept(missing, "is needed too: a certificate and its key go together");
    }
  }

  static boolean isHost(String text) {
    return HOST.matcher(text).matches();
  }

  private static void checkDatabase(CurfewConfig config, BiConsumer<String, String> refuse) {
    CurfewConfig.Database database = config.database();
    database
        .url()
        .filter(url -> !DATABASE_URL.matcher(url.reveal()).matches())
        .ifPresent(
            url ->
                refuse.accept(
                    "database.url", "must begin with postgresql:// or jdbc:postgresql://"));
    if (!database.isEmbedded()) {
      return;
    }
    if (database.poolSize() > EMBEDDED_POOL) {
      refuse.accept(
          "database.pool-size", "must be at most " + EMBEDDED_POOL + " with the embedded server");
    }
    if (database.user().isPresent()) {
      refuse.accept("database.user", "has a meaning with database.url only");
    }
    if (database.password().isPresent()) {
      refuse.accept("database.password", "has a meaning with database.url only");
    }
    if (config.cluster().enabled()) {
      refuse.accept(
          "cluster.enabled", "needs database.url: no other node can reach the embedded server");
    }
  }

  private static void checkNode(CurfewConfig config, BiConsumer<String, String> refuse) {
    if (!NODE_NAME.matcher(config.node().name()).matches()) {
      refuse.accept(
          "node.name", "must be at most 63 letters, digits, dots, hyphens and underscores");
    }
    if (config.node().roles().isEmpty()) {
      refuse.accept("node.roles", "must name at least one role");
    } else if (!config.cluster().enabled()) {
      checkRolesOfTheOnlyNode(config.node().roles(), refuse);
    }
  }

  /** What no other node is there to do. */
  private static void checkRolesOfTheOnlyNode(
      Set<NodeRole> roles, BiConsumer<String, String> refuse) {
    if (!roles.contains(NodeRole.SESSIONS)) {
      refuse.accept(
          "node.roles",
          "must name sessions unless cluster.enabled is true: no other node hosts the sessions");
    }
    if (!roles.contains(NodeRole.CLAIMS) && roles.stream().anyMatch(CLAIMING::contains)) {
      refuse.accept(
          "node.roles",
          "must name claims beside api, encoder or uploader unless cluster.enabled is true: no"
              + " other node hands out recordings");
    }
  }

  private static void checkCluster(CurfewConfig config, BiConsumer<String, String> refuse) {
    CurfewConfig.Cluster cluster = config.cluster();
    if (!NODE_NAME.matcher(cluster.name()).matches()) {
      refuse.accept(
          "cluster.name", "must be at most 63 letters, digits, dots, hyphens and underscores");
    }
    if (!isHost(cluster.host()) || ANY_ADDRESS.matcher(cluster.host()).matches()) {
      refuse.accept("cluster.host", "must be the one address that the other nodes reach");
    }
    if (!cluster.members().stream().allMatch(member -> MEMBER.matcher(member).matches())) {
      refuse.accept("cluster.members", "must be addresses or host names, each with :port or not");
    }
    if (cluster.busPort() == cluster.port()) {
      refuse.accept("cluster.bus-port", "must not be the port of cluster.port");
    }
    CurfewConfig.ClusterTls tls = cluster.tls();
    if (cluster.enabled() && config.secrets().key().isEmpty()) {
      refuse.accept(
          "secrets.key", "is needed with cluster.enabled: all nodes must have the same one");
    }
    checkTogether("cluster.tls.certificate", tls.certificate(), tls, refuse);
    checkTogether("cluster.tls.key", tls.key(), tls, refuse);
    checkTogether("cluster.tls.trust", tls.trust(), tls, refuse);
  }

  private static void checkTogether(
      String key,
      Optional<Path> file,
      CurfewConfig.ClusterTls tls,
      BiConsumer<String, String> refuse) {
    boolean none = tls.certificate().isEmpty() && tls.key().isEmpty() && tls.trust().isEmpty();
    if (file.isEmpty() && !none) {
      refuse.accept(key, "is needed too: certificate, key and trust go together");
    }
  }

  private static void checkIssuers(CurfewConfig.Auth auth, BiConsumer<String, String> refuse) {
    if (!isUrl(auth.issuer())) {
      refuse.accept("auth.issuer", "must be an http or https URL without query or fragment");
    }
    Set<String> issuers = new HashSet<>(Set.of(auth.issuer()));
    for (CurfewConfig.OidcIssuer issuer : auth.oidc()) {
      String reason = reasonAgainst(issuer);
      if (reason == null && !issuers.add(issuer.issuer())) {
        reason = "must be issuers that differ from each other and from auth.issuer";
      }
      if (reason != null) {
        refuse.accept("auth.oidc", reason);
      }
    }
  }

  private static @Nullable String reasonAgainst(CurfewConfig.OidcIssuer issuer) {
    if (!isUrl(issuer.issuer())
        || !(issuer.issuer().startsWith("https://")
            || LOOPBACK_URL.matcher(issuer.issuer()).find())) {
      return "needs an https URL as issuer; http is taken on loopback only";
    }
    if (!issuer.roles().stream().allMatch(mapping -> ROLE.matcher(mapping).matches())) {
      return "takes roles as value=ROLE, where ROLE is USER, AUDITOR, ORG_ADMIN or ADMIN";
    }
    if (issuer.rolesClaim().isEmpty() != issuer.roles().isEmpty()) {
      return "needs roles-claim and roles, or neither";
    }
    if (!issuer.realm().equals("root")
        && issuer.roles().stream().anyMatch(mapping -> mapping.endsWith("=ADMIN"))) {
      return "may grant ADMIN in realm root only";
    }
    return null;
  }

  static boolean isUrl(String text) {
    try {
      URI url = new URI(text);
      return ("http".equals(url.getScheme()) || "https".equals(url.getScheme()))
          && url.getHost() != null
          && url.getRawQuery() == null
          && url.getRawFragment() == null
          && url.getRawUserInfo() == null;
    } catch (URISyntaxException e) {
      return false;
    }
  }

  private static void checkKey(
      String key, Optional<Secret> secret, BiConsumer<String, String> refuse) {
    if (secret.isPresent() && !isKey(secret.get())) {
      refuse.accept(key, "must be base64 of " + KEY_BYTES + " bytes");
    }
  }

  static boolean isKey(Secret secret) {
    try {
      return Base64.getDecoder().decode(secret.reveal()).length == KEY_BYTES;
    } catch (IllegalArgumentException e) {
      return false;
    }
  }
}
