package dev.curfew.storage;

import dev.curfew.config.S3Encryption;
import dev.curfew.config.Secret;
import java.net.URI;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A bucket of S3 or of what speaks its protocol.
 *
 * @param endpoint where the service is; none for AWS's own of the region
 * @param region of the bucket; of another service the one that it signs for
 * @param prefix of all keys, names divided by slashes; empty for none
 * @param pathStyle whether the bucket stands in the path rather than in the host's name
 * @param credentials none for those of the environment: variables, profile, container, machine
 * @param timeout how long a call may take, beside the time for its bytes
 */
public record S3Options(
    Optional<URI> endpoint,
    String region,
    String bucket,
    String prefix,
    boolean pathStyle,
    Optional<Credentials> credentials,
    Encryption encryption,
    Duration timeout) {

  /** An access key. */
  public record Credentials(String accessKeyId, Secret secretAccessKey) {}

  /**
   * How the service encrypts what it stores.
   *
   * @param kmsKeyId with {@link S3Encryption#KMS} only; none for the account's own key
   */
  public record Encryption(S3Encryption algorithm, Optional<String> kmsKeyId) {
    /** As the bucket is set up. */
    public static final Encryption NONE = new Encryption(S3Encryption.NONE, Optional.empty());

    /** As it is asked for with a request; null for nothing to ask. */
    @Nullable String wireName() {
      return algorithm == S3Encryption.NONE ? null : algorithm.toString();
    }
  }

  public S3Options {
    if (!prefix.isEmpty()) {
      ObjectName.require(prefix);
    }
  }

  /** The address of the bucket and prefix, as S3's own tools write it. */
  public String location() {
    return "s3://" + bucket + (prefix.isEmpty() ? "" : "/" + prefix);
  }

  /** The key of what has this name in the store. */
  String key(String name) {
    return prefix.isEmpty() ? name : prefix + "/" + name;
  }

  /** The name in the store of what has this key. */
  String name(String key) {
    return prefix.isEmpty() ? key : key.substring(prefix.length() + 1);
  }

  /** The service, for people. */
  String service() {
    return endpoint.map(URI::toString).orElse("S3 in " + region);
  }
}
