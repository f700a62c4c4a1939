package dev.curfew.grant;

import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.LoadingCache;
import dev.curfew.config.Secret;
import dev.curfew.fault.CurfewException;
import dev.curfew.fault.ErrorCode;
import dev.curfew.outbound.OutboundClient;
import dev.curfew.realm.ResourceSettings;
import dev.curfew.store.RuleCall;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.WorkerExecutor;
import java.net.URI;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.auth.credentials.DefaultCredentialsProvider;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.awscore.retry.AwsRetryStrategy;
import software.amazon.awssdk.http.async.SdkAsyncHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.ec2.Ec2AsyncClient;
import software.amazon.awssdk.services.ec2.Ec2AsyncClientBuilder;
import software.amazon.awssdk.services.ec2.model.AuthorizeSecurityGroupIngressRequest;
import software.amazon.awssdk.services.ec2.model.AuthorizeSecurityGroupIngressResponse;
import software.amazon.awssdk.services.ec2.model.IpPermission;
import software.amazon.awssdk.services.ec2.model.IpRange;
import software.amazon.awssdk.services.ec2.model.Ipv6Range;
import software.amazon.awssdk.services.ec2.model.RevokeSecurityGroupIngressRequest;

/**
 * Ingress rules of EC2 security groups. A group holds a rule for an address once, whoever asked for
 * it: so an address that is there already counts as applied only if Curfew put it there, and what
 * sessions share is removed with the last of them (see {@code provider_key}).
 *
 * <p>An answer of EC2 that refuses a call says for certain that nothing was changed; only when
 * there is no answer, or EC2 itself fails, a rule may hold that was not applied.
 */
final class SecurityGroupProvider implements RuleProvider {
  private static final String DUPLICATE = "InvalidPermission.Duplicate";

  /** Refusals of a removal that say that the rule is not there. */
  private static final Set<String> GONE =
      Set.of(
          "InvalidPermission.NotFound",
          "InvalidSecurityGroupRuleId.NotFound",
          "InvalidGroup.NotFound");

  private static final int MOST_CLIENTS = 64;
  private static final Duration CLIENT_KEPT = Duration.ofHours(1);

  /** The SDK loads classes, reads files and may ask the machine's metadata service. */
  private static final int THREADS = 4;

  /** The SDK's own clients differ by where they call; whose credentials is said with each call. */
  private record Place(String region, @Nullable URI endpoint) {}

  private final WorkerExecutor workers;
  private final LoadingCache<Place, Ec2AsyncClient> clients;

  SecurityGroupProvider(Vertx vertx, OutboundClient outbound) {
    this.workers = vertx.createSharedWorkerExecutor("curfew-security-groups", THREADS);
    SdkAsyncHttpClient http = new OutboundSdkClient(outbound);
    this.clients =
        Caffeine.newBuilder()
            .maximumSize(MOST_CLIENTS)
            .expireAfterAccess(CLIENT_KEPT)
            .build(place -> client(place, http));
  }

  private static Ec2AsyncClient client(Place place, SdkAsyncHttpClient http) {
    Ec2AsyncClientBuilder builder =
        Ec2AsyncClient.builder()
            .region(Region.of(place.region))
            .httpClient(http)
            // Asked again it would find its own first try; who asks again is decided elsewhere.
            .overrideConfiguration(options -> options.retryStrategy(AwsRetryStrategy.doNotRetry()));
    URI endpoint = place.endpoint;
    return endpoint == null ? builder.build() : builder.endpointOverride(endpoint).build();
  }

  @Override
  public Future<Answer> apply(RuleCall rule, Optional<Secret> secret) {
    ResourceSettings.SecurityGroup group = settings(rule);
    return call(
            group,
            secret,
            (client, credentials) ->
                client.authorizeSecurityGroupIngress(
                    AuthorizeSecurityGroupIngressRequest.builder()
                        .groupId(group.groupId())
                        .ipPermissions(permission(rule, description(rule)))
                        .overrideConfiguration(options -> options.credentialsProvider(credentials))
                        .build()))
        .<Answer>map(response -> new Answer.Applied(idOf(response)))
        .recover(failure -> refused(rule, group, failure));
  }

  private static @Nullable String idOf(AuthorizeSecurityGroupIngressResponse response) {
    return response.securityGroupRules().isEmpty()
        ? null
        : response.securityGroupRules().get(0).securityGroupRuleId();
  }

  private static Future<Answer> refused(
      RuleCall rule, ResourceSettings.SecurityGroup group, Throwable failure) {
    if (!(failure instanceof AwsServiceException refusal)) {
      return failure instanceof CurfewException known && known.code() == ErrorCode.FORBIDDEN
          ? Future.succeededFuture(new Answer.Refused(known.getMessage(), false))
          : Future.failedFuture(failure);
    }
    String code = code(refusal);
    if (code.equals(DUPLICATE)) {
      return Future.succeededFuture(
          rule.ours()
              ? new Answer.Applied(rule.providerRuleId())
              : new Answer.Refused(
                  group.groupId() + " already admits this address, by a rule that is not Curfew's",
                  false));
    }
    return Future.succeededFuture(
        new Answer.Refused(answered(code), refusal.statusCode() / 100 != 4));
  }

  @Override
  public Future<Void> remove(RuleCall rule, Optional<Secret> secret) {
    ResourceSettings.SecurityGroup group = settings(rule);
    return call(
            group,
            secret,
            (client, credentials) ->
                client.revokeSecurityGroupIngress(
                    removal(rule, group)
                        .overrideConfiguration(options -> options.credentialsProvider(credentials))
                        .build()))
        .<Void>mapEmpty()
        .recover(
            failure -> {
              if (!(failure instanceof AwsServiceException refusal)) {
                return Future.failedFuture(failure);
              }
              return GONE.contains(code(refusal))
                  ? Future.succeededFuture()
                  : Future.failedFuture(
                      CurfewException.of(ErrorCode.UNAVAILABLE, answered(code(refusal))));
            });
  }

  /** By its id, where that is known: nobody else's rule can be meant. */
  private static RevokeSecurityGroupIngressRequest.Builder removal(
      RuleCall rule, ResourceSettings.SecurityGroup group) {
    RevokeSecurityGroupIngressRequest.Builder request =
        RevokeSecurityGroupIngressRequest.builder().groupId(group.groupId());
    String id = rule.providerRuleId();
    return id == null
        ? request.ipPermissions(permission(rule, null))
        : request.securityGroupRuleIds(id);
  }

  private static IpPermission permission(RuleCall rule, @Nullable String description) {
    ResourceSettings.SecurityGroup group = settings(rule);
    IpPermission.Builder permission = IpPermission.builder().ipProtocol(group.protocol());
    if (group.fromPort() >= 0) {
      permission.fromPort(group.fromPort()).toPort(group.toPort());
    }
    return rule.ipVersion() == 4
        ? permission
            .ipRanges(
                IpRange.builder().cidrIp(rule.ipAddress() + "/32").description(description).build())
            .build()
        : permission
            .ipv6Ranges(
                Ipv6Range.builder()
                    .cidrIpv6(rule.ipAddress() + "/128")
                    .description(description)
                    .build())
            .build();
  }

  private static String description(RuleCall rule) {
    return "Curfew session " + rule.sessionId() + " rule " + rule.ruleId();
  }

  /** Fails as EC2 or the way to it did, without the wrapping of the SDK. */
  private <T> Future<T> call(
      ResourceSettings.SecurityGroup group,
      Optional<Secret> secret,
      BiFunction<Ec2AsyncClient, AwsCredentialsProvider, CompletableFuture<T>> call) {
    return workers
        .executeBlocking(
            () ->
                call.apply(
                    clients.get(new Place(group.region(), group.endpoint())),
                    credentials(group, secret)),
            false)
        .compose(Future::fromCompletionStage)
        .recover(failure -> Future.failedFuture(unwrapped(failure)));
  }

  private static AwsCredentialsProvider credentials(
      ResourceSettings.SecurityGroup group, Optional<Secret> secret) {
    String accessKeyId = group.accessKeyId();
    return accessKeyId == null || secret.isEmpty()
        ? DefaultCredentialsProvider.builder().build()
        : StaticCredentialsProvider.create(
            AwsBasicCredentials.create(accessKeyId, secret.get().reveal()));
  }

  private static Throwable unwrapped(Throwable failure) {
    Throwable inner = failure;
    while (inner != null) {
      if (inner instanceof AwsServiceException || inner instanceof CurfewException) {
        return inner;
      }
      inner = inner.getCause();
    }
    return failure instanceof CompletionException && failure.getCause() != null
        ? failure.getCause()
        : failure;
  }

  private static String code(AwsServiceException refusal) {
    return refusal.awsErrorDetails() == null || refusal.awsErrorDetails().errorCode() == null
        ? String.valueOf(refusal.statusCode())
        : refusal.awsErrorDetails().errorCode();
  }

  private static String answered(String code) {
    return "EC2 answered " + code;
  }

  private static ResourceSettings.SecurityGroup settings(RuleCall rule) {
    return (ResourceSettings.SecurityGroup) rule.settings();
  }
}
