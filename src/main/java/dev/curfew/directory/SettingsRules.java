package dev.curfew.directory;

import dev.curfew.auth.Principal;
import dev.curfew.auth.Role;
import dev.curfew.config.Secret;
import dev.curfew.fault.CurfewException;
import dev.curfew.outbound.TargetGuard;
import dev.curfew.outbound.WebhookSecret;
import dev.curfew.realm.Resource;
import dev.curfew.realm.ResourceSettings;
import io.vertx.core.Future;
import java.net.URI;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What the settings of each provider must be. Failures name the field as {@code settings.field}.
 */
final class SettingsRules {
  private static final Pattern GROUP_ID = Pattern.compile("sg-[0-9a-f]{8,32}");
  private static final Pattern REGION = Pattern.compile("[a-z]{2,8}(-[a-z]{2,16}){1,3}-[0-9]{1,2}");
  private static final Pattern ACCESS_KEY_ID = Pattern.compile("[A-Za-z0-9]{16,128}");
  private static final Set<String> PROTOCOLS = Set.of("tcp", "udp");
  private static final String ALL = "all";

  /** As EC2 writes "all protocols" and "all ports". */
  private static final String ALL_PROTOCOLS = "-1";

  private static final int ALL_PORTS = -1;
  private static final int HIGHEST_PORT = 65_535;

  private final TargetGuard guard;

  SettingsRules(TargetGuard guard) {
    this.guard = guard;
  }

  /** Settings that may be used, and their secret. */
  record Admitted(ResourceSettings settings, @Nullable Secret secret) {}

  /**
   * @return fails with INVALID_FIELD, as it throws it where nothing needs to be asked
   */
  Future<Admitted> admit(Principal by, Resource.Provider provider, NewSettings wanted) {
    return switch (provider) {
      case NONE -> Future.succeededFuture(new Admitted(ResourceSettings.NONE, null));
      case WEBHOOK -> webhook(wanted);
      case AWS_SECURITY_GROUP -> securityGroup(by, wanted);
    };
  }

  private Future<Admitted> webhook(NewSettings wanted) {
    Secret secret = wanted.secret();
    if (secret != null) {
      WebhookSecret.parse(field("secret"), secret);
    }
    String applyUrl = required("applyUrl", wanted.applyUrl());
    String removeUrl = required("removeUrl", wanted.removeUrl());
    TargetGuard.parse(field("applyUrl"), applyUrl);
    TargetGuard.parse(field("removeUrl"), removeUrl);
    return guard
        .admit(field("applyUrl"), applyUrl)
        .compose(
            apply ->
                guard
                    .admit(field("removeUrl"), removeUrl)
                    .map(
                        remove ->
                            new Admitted(
                                new ResourceSettings.Webhook(apply, remove, secret != null),
                                secret)));
  }

  private Future<Admitted> securityGroup(Principal by, NewSettings wanted) {
    String groupId = matching("groupId", wanted.groupId(), GROUP_ID, "must be sg- and hex digits");
    String region =
        matching("region", wanted.region(), REGION, "must be a region such as eu-central-1");
    String protocol = required("protocol", wanted.protocol());
    boolean all = protocol.equals(ALL);
    if (!all && !PROTOCOLS.contains(protocol)) {
      throw CurfewException.invalid(field("protocol"), "must be one of tcp, udp, all");
    }
    int fromPort = all ? ALL_PORTS : port("fromPort", wanted.fromPort(), wanted.port());
    int toPort = all ? ALL_PORTS : port("toPort", wanted.toPort(), wanted.port());
    if (all && (wanted.port() != null || wanted.fromPort() != null || wanted.toPort() != null)) {
      throw CurfewException.invalid(field("port"), "must not be given with protocol all");
    }
    if (toPort < fromPort) {
      throw CurfewException.invalid(field("toPort"), "must not be less than fromPort");
    }
    String accessKeyId = wanted.accessKeyId();
    Secret secret = wanted.secretAccessKey();
    credentials(by, accessKeyId, secret);
    return endpoint(wanted.endpoint(), accessKeyId)
        .map(
            endpoint ->
                new Admitted(
                    new ResourceSettings.SecurityGroup(
                        groupId,
                        region,
                        all ? ALL_PROTOCOLS : protocol,
                        fromPort,
                        toPort,
                        accessKeyId,
                        endpoint),
                    secret));
  }

  private static void credentials(
      Principal by, @Nullable String accessKeyId, @Nullable Secret secret) {
    if (accessKeyId == null && secret == null) {
      // The node's own credentials reach what is not this realm's.
      if (!by.is(Role.ADMIN)) {
        throw CurfewException.invalid(field("accessKeyId"), "is required");
      }
      return;
    }
    matching("accessKeyId", accessKeyId, ACCESS_KEY_ID, "must be an access key id");
    if (secret == null) {
      throw CurfewException.invalid(field("secretAccessKey"), "is required");
    }
    if (secret.reveal().isBlank()) {
      throw CurfewException.invalid(field("secretAccessKey"), "must not be empty");
    }
    FieldRules.text(field("secretAccessKey"), secret.reveal(), FieldRules.LONGEST_SECRET);
  }

  private Future<@Nullable URI> endpoint(@Nullable String endpoint, @Nullable String accessKeyId) {
    if (endpoint == null) {
      return Future.succeededFuture(null);
    }
    if (accessKeyId == null) {
      // The node's own credentials are shown to AWS only.
      throw CurfewException.invalid(field("endpoint"), "needs accessKeyId and secretAccessKey");
    }
    return guard.admit(field("endpoint"), endpoint).map(url -> url);
  }

  private static int port(String name, @Nullable Integer one, @Nullable Integer both) {
    if (one != null && both != null) {
      throw CurfewException.invalid(field(name), "must not be given together with port");
    }
    Integer port = one == null ? both : one;
    if (port == null) {
      throw CurfewException.invalid(field("port"), "is required, or fromPort and toPort");
    }
    if (port < 0 || port > HIGHEST_PORT) {
      throw CurfewException.invalid(
          field(one == null ? "port" : name), "must be from 0 to " + HIGHEST_PORT);
    }
    return port;
  }

  private static String matching(
      String name, @Nullable String value, Pattern pattern, String rule) {
    String text = required(name, value);
    if (!pattern.matcher(text).matches()) {
      throw CurfewException.invalid(field(name), rule);
    }
    return text;
  }

  private static String required(String name, @Nullable String value) {
    if (value == null || value.isBlank()) {
      throw CurfewException.invalid(field(name), "is required");
    }
    return value;
  }

  private static String field(String name) {
    return "settings." + name;
  }
}
