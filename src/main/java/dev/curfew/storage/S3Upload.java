package dev.curfew.storage;

import java.io.IOException;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import software.amazon.awssdk.services.s3.model.ChecksumAlgorithm;
import software.amazon.awssdk.services.s3.model.CompletedPart;
import software.amazon.awssdk.services.s3.model.HeadObjectResponse;
import software.amazon.awssdk.services.s3.model.MultipartUpload;
import software.amazon.awssdk.services.s3.model.Part;
import software.amazon.awssdk.services.s3.model.S3Exception;

/**
 * One put of a large object: a multipart upload, taken up where an earlier put of the same object
 * left it.
 *
 * <p>Part <i>n</i> is the same bytes in every try (see {@link PartPlan}), goes with its SHA-256 as
 * checksum, and is taken from an earlier try only when the service lists it with that very size and
 * checksum. So whoever sends a part, and however often, the upload holds these bytes under this
 * number or none; and completion names the checksum of each part once more.
 *
 * <p>Several callers may come to share an upload. The first to complete it, or to abort it when it
 * completes another, ends it for the rest, which find the whole object stored or begin again.
 */
final class S3Upload {
  /** So often may others end the upload under a put's hands before it fails, to be repeated. */
  private static final int MOST_BEGINNINGS = 5;

  private static final int NOT_FOUND = 404;

  private final S3Bucket bucket;
  private final String key;
  private final PartPlan plan;
  private final PartContent part;
  private final Progress progress;

  S3Upload(S3Bucket bucket, String key, Payload content, Progress progress) {
    this.bucket = bucket;
    this.key = key;
    this.plan = PartPlan.of(content.size());
    this.part = new PartContent(content, plan.partSize());
    this.progress = progress;
  }

  /**
   * Brings the object into the bucket.
   *
   * @throws IOException when the content cannot be read
   */
  void run() throws IOException {
    boolean stored = false;
    for (int beginnings = 1; !stored; beginnings++) {
      try {
        store();
        stored = true;
      } catch (S3Exception e) {
        if (!S3Failures.isUploadGone(e) || beginnings == MOST_BEGINNINGS) {
          throw e;
        }
      }
    }
    for (MultipartUpload other : uploads()) {
      bucket.abort(other);
    }
  }

  private void store() throws IOException {
    Optional<MultipartUpload> unfinished = unfinished();
    if (unfinished.isPresent()) {
      String upload = unfinished.get().uploadId();
      Map<Integer, Part> arrived = bucket.parts(key, upload);
      if (arrived.keySet().stream().allMatch(number -> number <= plan.count())) {
        bucket.complete(key, upload, send(upload, arrived));
        return;
      }
      // Of a larger object than this one.
    }
    if (!isStored()) {
      String upload = bucket.begin(key);
      bucket.complete(key, upload, send(upload, Map.of()));
    }
  }

  /** The latest upload of this object that can take parts with our kind of checksum. */
  private Optional<MultipartUpload> unfinished() {
    return uploads().stream()
        .filter(
            upload ->
                upload.checksumAlgorithmAsString() == null
                    || upload.checksumAlgorithm() == ChecksumAlgorithm.SHA256)
        .max(Comparator.comparing(MultipartUpload::initiated));
  }

  private List<MultipartUpload> uploads() {
    return bucket.uploads(key).stream().filter(upload -> upload.key().equals(key)).toList();
  }

  private List<CompletedPart> send(String upload, Map<Integer, Part> arrived) throws IOException {
    List<CompletedPart> parts = new ArrayList<>();
    for (int number = 1; number <= plan.count(); number++) {
      part.read(plan.offset(number), plan.length(number));
      Part there = arrived.get(number);
      String etag = there != null && isProven(there) ? there.eTag() : send(upload, number);
      parts.add(
          CompletedPart.builder()
              .partNumber(number)
              .eTag(etag)
              .checksumSHA256(part.sha256Base64())
              .build());
      progress.reached(plan.offset(number) + part.length());
    }
    return parts;
  }

  private String send(String upload, int number) {
    long before = plan.offset(number);
    return bucket.send(key, upload, number, part, sent -> progress.reached(before + sent));
  }

  /** By its SHA-256, or where the service keeps none by the MD5 that it names the part by. */
  private boolean isProven(Part there) {
    if (there.size() != part.length()) {
      return false;
    }
    return there.checksumSHA256() != null
        ? there.checksumSHA256().equals(part.sha256Base64())
        : there.eTag() != null && there.eTag().replace("\"", "").equals(part.md5Hex());
  }

  /**
   * Whether the object is there already, as after a completion whose answer was lost: proven by the
   * checksum that the service made of all parts' checksums.
   */
  private boolean isStored() throws IOException {
    String stored = storedChecksum();
    if (!stored.endsWith("-" + plan.count())) {
      return false;
    }
    MessageDigest all = PartContent.digest("SHA-256");
    for (int number = 1; number <= plan.count(); number++) {
      part.read(plan.offset(number), plan.length(number));
      all.update(part.sha256());
      progress.reached(0);
    }
    String ours = Base64.getEncoder().encodeToString(all.digest()) + "-" + plan.count();
    if (!stored.equals(ours)) {
      return false;
    }
    progress.reached(plan.objectSize());
    return true;
  }

  /** Of what has this key and our size; empty when there is no such thing. */
  private String storedChecksum() {
    try {
      HeadObjectResponse head = bucket.head(key);
      return head.contentLength() == plan.objectSize() && head.checksumSHA256() != null
          ? head.checksumSHA256()
          : "";
    } catch (S3Exception e) {
      if (e.statusCode() == NOT_FOUND) {
        return "";
      }
      throw e;
    }
  }
}
