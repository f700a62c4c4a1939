package dev.curfew.config;

import java.time.Duration;
import java.util.Optional;

/**
 * Where recordings of one kind are kept. What belongs to another kind of store than the chosen one
 * means nothing. The folder of kind {@code folder} is a setting of its own, since it is the one
 * that everybody begins with.
 */
public record StoreSettings(@Setting("folder") StoreKind kind, Smb smb, S3 s3, Azure azure) {

  /**
   * A share.
   *
   * @param folder inside the share; none for the share itself
   * @param domain of the user; none for one of the server's own
   * @param encrypt whether what goes over the network is encrypted
   * @param timeout of each request
   */
  public record Smb(
      @Setting("") Optional<String> host,
      @Setting(value = "445", min = "1", max = "65535") int port,
      @Setting("") Optional<String> share,
      @Setting("") Optional<String> folder,
      @Setting("") Optional<String> domain,
      @Setting("") Optional<String> user,
      @Setting("") Optional<Secret> password,
      @Setting("true") boolean encrypt,
      @Setting(value = "30s", min = "1s", max = "10m") Duration timeout) {}

  /**
   * A bucket.
   *
   * @param endpoint URL of what speaks S3; none for AWS's own
   * @param prefix of all keys; none for the bucket itself
   * @param pathStyle whether the bucket stands in the path rather than in the host's name
   * @param accessKeyId none for the credentials that the machine has
   * @param timeout of each request, beside the time for its bytes
   */
  public record S3(
      @Setting("") Optional<String> endpoint,
      @Setting("us-east-1") String region,
      @Setting("") Optional<String> bucket,
      @Setting("") Optional<String> prefix,
      @Setting("false") boolean pathStyle,
      @Setting("") Optional<String> accessKeyId,
      @Setting("") Optional<Secret> secretAccessKey,
      @Setting("none") S3Encryption encryption,
      @Setting("") Optional<String> kmsKeyId,
      @Setting(value = "30s", min = "1s", max = "10m") Duration timeout) {}

  /**
   * A container.
   *
   * @param endpoint URL of the blob service; none for Azure's own of the account
   * @param prefix of all names; none for the container itself
   * @param timeout of each request, beside the time for its bytes
   */
  public record Azure(
      @Setting("") Optional<String> endpoint,
      @Setting("") Optional<String> account,
      @Setting("") Optional<String> container,
      @Setting("") Optional<String> prefix,
      @Setting("") Optional<Secret> accountKey,
      @Setting("") Optional<Secret> sasToken,
      @Setting(value = "30s", min = "1s", max = "10m") Duration timeout) {}
}
