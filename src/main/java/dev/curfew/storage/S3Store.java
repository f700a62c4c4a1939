package dev.curfew.storage;

import dev.curfew.fault.CurfewException;
import dev.curfew.fault.ErrorCode;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.s3.model.MultipartUpload;
import software.amazon.awssdk.services.s3.model.S3Error;
import software.amazon.awssdk.services.s3.model.S3Exception;

/**
 * Objects of a bucket of S3, or of a service that speaks its protocol. A small object is sent at
 * once, a larger one in parts that a later put need not send again ({@link S3Upload}); both with
 * their SHA-256, which the service compares before it says that it has them. A put holds one part
 * of its object in memory: 8 MiB, from 78 GiB on more.
 */
public final class S3Store implements ObjectStore {
  private static final int NOT_FOUND = 404;
  private static final int RANGE_NOT_SATISFIABLE = 416;

  private final S3Options options;
  private final S3Failures failures;
  private final S3Bucket bucket;

  /** Connects to nothing yet: whether the bucket can be used is found by {@link #check()}. */
  public S3Store(S3Options options) {
    this.options = options;
    this.failures = new S3Failures(options);
    this.bucket = new S3Bucket(options);
  }

  @Override
  public void put(String name, Payload content, Watch watch) {
    String key = key(name);
    Progress progress = new Progress(watch);
    try {
      if (content.size() <= PartPlan.SMALLEST_PART) {
        putAtOnce(key, content, progress);
      } else {
        new S3Upload(bucket, key, content, progress).run();
      }
    } catch (IOException e) {
      throw CurfewException.causedBy(
          ErrorCode.STORAGE_UNAVAILABLE, name + " cannot be stored: its content is unreadable", e);
    } catch (SdkException e) {
      progress.throwEnd();
      throw failures.unavailable(name + " cannot be stored", e);
    }
  }

  private void putAtOnce(String key, Payload content, Progress progress) throws IOException {
    PartContent whole = new PartContent(content, (int) content.size());
    whole.read(0, (int) content.size());
    bucket.put(key, whole, progress::reached);
    progress.reached(content.size());
  }

  @Override
  public InputStream open(String name, long offset, long length) {
    String key = key(name);
    if (offset < 0 || length < 0) {
      throw new IllegalArgumentException("offset " + offset + ", length " + length);
    }
    if (length == 0) {
      return nothing(name, offset);
    }
    try {
      return new S3Download(bucket.get(key, range(offset, length)));
    } catch (S3Exception e) {
      if (e.statusCode() == RANGE_NOT_SATISFIABLE) {
        return nothing(name, offset);
      }
      throw unreadable(name, e);
    } catch (SdkException e) {
      throw failures.unavailable(name + " cannot be read", e);
    }
  }

  private static String range(long offset, long length) {
    if (offset == 0 && length == Long.MAX_VALUE) {
      return "";
    }
    return length > Long.MAX_VALUE - offset
        ? "bytes=" + offset + "-"
        : "bytes=" + offset + "-" + (offset + length - 1);
  }

  /** No bytes, of an object that is there. */
  private InputStream nothing(String name, long offset) {
    long size = size(name);
    if (offset > size) {
      throw new IllegalArgumentException("offset " + offset + " is behind the end, " + size);
    }
    return InputStream.nullInputStream();
  }

  @Override
  public long size(String name) {
    String key = key(name);
    try {
      return bucket.head(key).contentLength();
    } catch (S3Exception e) {
      throw unreadable(name, e);
    } catch (SdkException e) {
      throw failures.unavailable(name + " cannot be read", e);
    }
  }

  /** A missing object means "not found" only where the bucket itself is there. */
  private CurfewException unreadable(String name, S3Exception failure) {
    try {
      if (failure.statusCode() == NOT_FOUND && bucket.exists()) {
        return CurfewException.notFound(name);
      }
    } catch (SdkException e) {
      return failures.unavailable(name + " cannot be read", e);
    }
    return failures.unavailable(name + " cannot be read", failure);
  }

  @Override
  public List<String> list(String folder) {
    String beginning = key(folder) + "/";
    try {
      List<String> names = new ArrayList<>();
      for (String key : bucket.keys(beginning)) {
        names.add(options.name(key));
      }
      names.sort(Comparator.naturalOrder());
      return List.copyOf(names);
    } catch (SdkException e) {
      throw failures.unavailable(folder + " cannot be listed", e);
    }
  }

  @Override
  public void delete(String name) {
    String key = key(name);
    try {
      bucket.delete(key);
    } catch (SdkException e) {
      throw failures.unavailable(name + " cannot be deleted", e);
    }
  }

  @Override
  public void deleteAll(String folder) {
    String beginning = key(folder) + "/";
    try {
      for (MultipartUpload upload : bucket.uploads(beginning)) {
        bucket.abort(upload);
      }
      List<String> keys = bucket.keys(beginning);
      for (int from = 0; from < keys.size(); from += S3Bucket.MOST_DELETED) {
        int to = Math.min(from + S3Bucket.MOST_DELETED, keys.size());
        List<S3Error> kept = bucket.delete(keys.subList(from, to));
        if (!kept.isEmpty()) {
          throw CurfewException.of(
              ErrorCode.STORAGE_UNAVAILABLE,
              kept.size() + " objects of " + folder + " are kept: " + kept.get(0).code());
        }
      }
    } catch (SdkException e) {
      throw failures.unavailable(folder + " cannot be deleted", e);
    }
  }

  @Override
  public String location(String name) {
    return "s3://" + options.bucket() + "/" + key(name);
  }

  @Override
  public Finding check() {
    Probe probe = Probe.fresh();
    String key = options.key(probe.name());
    try {
      putAtOnce(key, Payload.of(probe.content()), new Progress(Watch.NONE));
      byte[] back;
      try (InputStream in = new S3Download(bucket.get(key, ""))) {
        back = in.readAllBytes();
        // Puts of large objects and deletions need these too.
        bucket.uploads(key);
        bucket.keys(key);
      } finally {
        bucket.delete(key);
      }
      return probe.judge(options.location(), back, "written, read, listed and deleted from");
    } catch (SdkException e) {
      return failures.finding(e);
    } catch (IOException e) {
      return Finding.unreachable(options.location() + " cannot be read: " + e.getMessage());
    }
  }

  private String key(String name) {
    return options.key(ObjectName.require(name));
  }

  @Override
  public void close() {
    bucket.close();
  }
}
