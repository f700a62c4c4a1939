package dev.curfew.storage;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.auth.credentials.DefaultCredentialsProvider;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.awscore.AwsRequestOverrideConfiguration;
import software.amazon.awssdk.awscore.retry.AwsRetryStrategy;
import software.amazon.awssdk.core.ResponseInputStream;
import software.amazon.awssdk.core.checksums.RequestChecksumCalculation;
import software.amazon.awssdk.core.checksums.ResponseChecksumValidation;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.LegacyMd5Plugin;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.S3ClientBuilder;
import software.amazon.awssdk.services.s3.model.ChecksumAlgorithm;
import software.amazon.awssdk.services.s3.model.ChecksumMode;
import software.amazon.awssdk.services.s3.model.CompletedPart;
import software.amazon.awssdk.services.s3.model.GetObjectRequest;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;
import software.amazon.awssdk.services.s3.model.HeadObjectResponse;
import software.amazon.awssdk.services.s3.model.MultipartUpload;
import software.amazon.awssdk.services.s3.model.ObjectIdentifier;
import software.amazon.awssdk.services.s3.model.Part;
import software.amazon.awssdk.services.s3.model.S3Error;
import software.amazon.awssdk.services.s3.model.S3Exception;
import software.amazon.awssdk.services.s3.model.S3Object;
import software.amazon.awssdk.utils.SdkAutoCloseable;

/**
 * The calls to one bucket, each with its time limit. They fail as the SDK does; see {@link
 * S3Failures} for what that means.
 */
final class S3Bucket implements AutoCloseable {
  /** The most keys that one request may delete. */
  static final int MOST_DELETED = 1_000;

  /** The slowest link that content gets through on, in bytes a second. */
  static final long SLOWEST_LINK = 16 * 1024;

  private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(5);

  /** Callers repeat what fails, with more patience than the SDK. */
  private static final int ATTEMPTS = 2;

  private static final int NOT_FOUND = 404;

  private final S3Options options;
  private final AwsCredentialsProvider credentials;
  private final S3Client client;

  /** For calls that carry content: their answer may be long in coming. */
  private final S3Client sender;

  S3Bucket(S3Options options) {
    this.options = options;
    this.credentials = credentials(options);
    this.client = client(options, credentials, options.timeout());
    // What was written may still wait on this side of a slow link when the answer is waited for.
    this.sender =
        client(options, credentials, options.timeout().plusSeconds(seconds(PartPlan.LARGEST_PART)));
  }

  private static AwsCredentialsProvider credentials(S3Options options) {
    return options
        .credentials()
        .<AwsCredentialsProvider>map(
            key ->
                StaticCredentialsProvider.create(
                    AwsBasicCredentials.create(key.accessKeyId(), key.secretAccessKey().reveal())))
        .orElseGet(() -> DefaultCredentialsProvider.builder().build());
  }

  /**
   * @param silence how long the service may say nothing
   */
  private static S3Client client(
      S3Options options, AwsCredentialsProvider credentials, Duration silence) {
    S3ClientBuilder builder =
        S3Client.builder()
            .region(Region.of(options.region()))
            .credentialsProvider(credentials)
            .forcePathStyle(options.pathStyle())
            .disableS3ExpressSessionAuth(true)
            // Content goes with a checksum of our own; others are not understood by every service.
            .requestChecksumCalculation(RequestChecksumCalculation.WHEN_REQUIRED)
            .responseChecksumValidation(ResponseChecksumValidation.WHEN_REQUIRED)
            .addPlugin(LegacyMd5Plugin.create())
            .serviceConfiguration(s3 -> s3.chunkedEncodingEnabled(false))
            .httpClientBuilder(
                UrlConnectionHttpClient.builder()
                    .connectionTimeout(CONNECT_TIMEOUT)
                    .socketTimeout(silence))
            .overrideConfiguration(
                override ->
                    override.retryStrategy(
                        AwsRetryStrategy.standardRetryStrategy().toBuilder()
                            .maxAttempts(ATTEMPTS)
                            .build()));
    options.endpoint().ifPresent(builder::endpointOverride);
    return builder.build();
  }

  /** Of a call that carries next to nothing. */
  private Consumer<AwsRequestOverrideConfiguration.Builder> limit() {
    return limit(0);
  }

  /** Of a call that carries so many bytes: a fixed limit would defeat large ones every time. */
  private Consumer<AwsRequestOverrideConfiguration.Builder> limit(long bytes) {
    Duration attempt = options.timeout().plusSeconds(seconds(bytes));
    return request -> request.apiCallAttemptTimeout(attempt);
  }

  private static long seconds(long bytes) {
    return bytes / SLOWEST_LINK;
  }

  /**
   * Stores an object.
   *
   * @param sent is told how many bytes of it are on their way
   */
  void put(String key, PartContent content, LongConsumer sent) {
    sender.putObject(
        request ->
            request
                .bucket(options.bucket())
                .key(key)
                .contentLength((long) content.length())
                .checksumSHA256(content.sha256Base64())
                .serverSideEncryption(options.encryption().wireName())
                .ssekmsKeyId(options.encryption().kmsKeyId().orElse(null))
                .overrideConfiguration(limit(content.length())),
        content.body(sent));
  }

  /**
   * @param range as HTTP writes it; empty for all
   */
  ResponseInputStream<GetObjectResponse> get(String key, String range) {
    GetObjectRequest.Builder request =
        GetObjectRequest.builder().bucket(options.bucket()).key(key).overrideConfiguration(limit());
    return client.getObject(range.isEmpty() ? request.build() : request.range(range).build());
  }

  /** What is known of an object, its checksum included. */
  HeadObjectResponse head(String key) {
    return client.headObject(
        request ->
            request
                .bucket(options.bucket())
                .key(key)
                .checksumMode(ChecksumMode.ENABLED)
                .overrideConfiguration(limit()));
  }

  /** Whether there is such a bucket. */
  boolean exists() {
    try {
      client.headBucket(request -> request.bucket(options.bucket()).overrideConfiguration(limit()));
      return true;
    } catch (S3Exception e) {
      if (e.statusCode() == NOT_FOUND) {
        return false;
      }
      throw e;
    }
  }

  /** All keys that begin so. */
  List<String> keys(String beginning) {
    return client
        .listObjectsV2Paginator(
            request ->
                request.bucket(options.bucket()).prefix(beginning).overrideConfiguration(limit()))
        .contents()
        .stream()
        .map(S3Object::key)
        .toList();
  }

  void delete(String key) {
    client.deleteObject(
        request -> request.bucket(options.bucket()).key(key).overrideConfiguration(limit()));
  }

  /**
   * Deletes several objects.
   *
   * @param keys at most {@link #MOST_DELETED}
   * @return what could not be deleted
   */
  List<S3Error> delete(List<String> keys) {
    List<ObjectIdentifier> objects =
        keys.stream().map(key -> ObjectIdentifier.builder().key(key).build()).toList();
    return client
        .deleteObjects(
            request ->
                request
                    .bucket(options.bucket())
                    .delete(delete -> delete.objects(objects).quiet(true))
                    .overrideConfiguration(limit()))
        .errors();
  }

  /** The unfinished uploads of all keys that begin so. */
  List<MultipartUpload> uploads(String beginning) {
    return client
        .listMultipartUploadsPaginator(
            request ->
                request.bucket(options.bucket()).prefix(beginning).overrideConfiguration(limit()))
        .uploads()
        .stream()
        .toList();
  }

  /**
   * Begins an upload in parts.
   *
   * @return its id
   */
  String begin(String key) {
    return client
        .createMultipartUpload(
            request ->
                request
                    .bucket(options.bucket())
                    .key(key)
                    .checksumAlgorithm(ChecksumAlgorithm.SHA256)
                    .serverSideEncryption(options.encryption().wireName())
                    .ssekmsKeyId(options.encryption().kmsKeyId().orElse(null))
                    .overrideConfiguration(limit()))
        .uploadId();
  }

  /** The parts of an upload that have arrived, by number. */
  Map<Integer, Part> parts(String key, String upload) {
    Map<Integer, Part> parts = new HashMap<>();
    client
        .listPartsPaginator(
            request ->
                request
                    .bucket(options.bucket())
                    .key(key)
                    .uploadId(upload)
                    .overrideConfiguration(limit()))
        .parts()
        .forEach(part -> parts.put(part.partNumber(), part));
    return parts;
  }

  /**
   * Sends a part, in place of the one that had its number.
   *
   * @param sent is told how many bytes of it are on their way
   * @return its ETag
   */
  String send(String key, String upload, int number, PartContent content, LongConsumer sent) {
    return sender
        .uploadPart(
            request ->
                request
                    .bucket(options.bucket())
                    .key(key)
                    .uploadId(upload)
                    .partNumber(number)
                    .contentLength((long) content.length())
                    .checksumSHA256(content.sha256Base64())
                    .overrideConfiguration(limit(content.length())),
            content.body(sent))
        .eTag();
  }

  /** Makes an object of an upload's parts. */
  void complete(String key, String upload, List<CompletedPart> parts) {
    client.completeMultipartUpload(
        request ->
            request
                .bucket(options.bucket())
                .key(key)
                .uploadId(upload)
                .multipartUpload(completed -> completed.parts(parts))
                .overrideConfiguration(limit()));
  }

  /** Ends an upload and drops its parts; one that is gone already is fine. */
  void abort(MultipartUpload upload) {
    try {
      client.abortMultipartUpload(
          request ->
              request
                  .bucket(options.bucket())
                  .key(upload.key())
                  .uploadId(upload.uploadId())
                  .overrideConfiguration(limit()));
    } catch (S3Exception e) {
      if (!S3Failures.isUploadGone(e)) {
        throw e;
      }
    }
  }

  @Override
  public void close() {
    client.close();
    sender.close();
    if (credentials instanceof SdkAutoCloseable open) {
      open.close();
    }
  }
}
