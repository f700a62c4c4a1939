package dev.curfew.storage;

import dev.curfew.fault.CurfewException;
import dev.curfew.fault.ErrorCode;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CancellationException;

/**
 * Objects as block blobs of a container of Azure Blob Storage. A small object is sent at once, a
 * larger one in blocks that a later put need not send again ({@link AzureUpload}). A put holds one
 * block of its object in memory: 8 MiB, from 390 GiB on more; an open stream 4 MiB.
 */
public final class AzureStore implements ObjectStore {
  private final AzureOptions options;
  private final AzureFailures failures;
  private final AzureContainer container;

  /** Connects to nothing yet: whether the container can be used is found by {@link #check()}. */
  public AzureStore(AzureOptions options) {
    this.options = options;
    this.failures = new AzureFailures(options);
    this.container = new AzureContainer(options);
  }

  @Override
  public void put(String name, Payload content, Watch watch) {
    String blob = blob(name);
    AzureUpload upload = new AzureUpload(container, blob, content, watch);
    try {
      upload.run();
    } catch (IOException e) {
      throw CurfewException.causedBy(
          ErrorCode.STORAGE_UNAVAILABLE, name + " cannot be stored: its content is unreadable", e);
    } catch (CancellationException e) {
      throw e;
    } catch (RuntimeException e) {
      throw failures.unavailable(name + " cannot be stored", e);
    }
  }

  @Override
  public InputStream open(String name, long offset, long length) {
    String blob = blob(name);
    if (offset < 0 || length < 0) {
      throw new IllegalArgumentException("offset " + offset + ", length " + length);
    }
    if (length == 0) {
      return nothing(name, offset);
    }
    try {
      return new AzureDownload(container, failures, blob, offset, length);
    } catch (RuntimeException e) {
      if (AzureFailures.isBehindTheEnd(e)) {
        return nothing(name, offset);
      }
      throw unreadable(name, e);
    }
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
    String blob = blob(name);
    try {
      return container.size(blob);
    } catch (RuntimeException e) {
      throw unreadable(name, e);
    }
  }

  private CurfewException unreadable(String name, RuntimeException failure) {
    return AzureFailures.isMissing(failure)
        ? CurfewException.notFound(name)
        : failures.unavailable(name + " cannot be read", failure);
  }

  @Override
  public List<String> list(String folder) {
    String beginning = blob(folder) + "/";
    try {
      List<String> names = new ArrayList<>();
      for (String blob : container.blobs(beginning)) {
        names.add(options.name(blob));
      }
      names.sort(Comparator.naturalOrder());
      return List.copyOf(names);
    } catch (RuntimeException e) {
      throw failures.unavailable(folder + " cannot be listed", e);
    }
  }

  @Override
  public void delete(String name) {
    String blob = blob(name);
    try {
      container.delete(blob);
    } catch (RuntimeException e) {
      throw failures.unavailable(name + " cannot be deleted", e);
    }
  }

  @Override
  public void deleteAll(String folder) {
    String beginning = blob(folder) + "/";
    try {
      for (String blob : container.blobsAndBlocks(beginning)) {
        if (!container.delete(blob)) {
          // Blocks without a blob cannot be deleted: they go when a blob takes the name.
          container.put(blob, new byte[0]);
          container.delete(blob);
        }
      }
    } catch (RuntimeException e) {
      throw failures.unavailable(folder + " cannot be deleted", e);
    }
  }

  @Override
  public String location(String name) {
    return options.location() + "/" + ObjectName.require(name);
  }

  @Override
  public Finding check() {
    Probe probe = Probe.fresh();
    String blob = options.blob(probe.name());
    try {
      container.put(blob, probe.content());
      byte[] back;
      try (InputStream in = new AzureDownload(container, failures, blob, 0, Long.MAX_VALUE)) {
        back = in.readAllBytes();
        container.blobs(blob);
      } finally {
        container.delete(blob);
      }
      return probe.judge(options.location(), back, "written, read, listed and deleted from");
    } catch (RuntimeException e) {
      return failures.finding(e);
    } catch (IOException e) {
      return Finding.unreachable(options.location() + " cannot be read: " + e.getMessage());
    }
  }

  private String blob(String name) {
    return options.blob(ObjectName.require(name));
  }

  @Override
  public void close() {
    // Connections that are idle are closed by the HTTP client, which ends with its last user.
  }
}
