package dev.curfew.recording;

import dev.curfew.fault.CurfewException;
import dev.curfew.fault.ErrorCode;
import dev.curfew.lease.ArtefactKind;
import dev.curfew.storage.ObjectStore;
import dev.curfew.storage.Payload;
import dev.curfew.storage.Watch;
import dev.curfew.store.StoredForm;
import java.io.IOException;
import java.io.InputStream;
import java.security.MessageDigest;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CancellationException;
import java.util.function.BooleanSupplier;
import java.util.function.DoubleConsumer;

/**
 * Delivers the artefacts of a recording and makes sure that they arrived: every file is read back
 * and held against size and SHA-256 before the call succeeds. A recording's folder is {@code
 * yyyy/mm/dd/SESSION} by the day, in UTC, on which the session began; its {@code manifest.json}
 * comes last, so a folder that has one was complete.
 */
public final class Uploader {
  private static final int READ_SIZE = 64 * 1024;
  private static final DateTimeFormatter DAY =
      DateTimeFormatter.ofPattern("uuuu/MM/dd").withZone(ZoneOffset.UTC);

  private final ObjectStore destination;

  public Uploader(ObjectStore destination) {
    this.destination = destination;
  }

  /**
   * An artefact to be delivered, byte for byte as it lies on the stage: encrypted or not.
   *
   * @param content as it lies here
   * @param sha256 of that
   * @param entry what the manifest file says of it
   */
  public record Outgoing(
      ArtefactKind kind,
      String contentType,
      Payload content,
      Sha256 sha256,
      DeliveryManifest.Entry entry) {

    /** An artefact that is not encrypted. */
    public Outgoing(ArtefactKind kind, String contentType, Payload content, Sha256 sha256) {
      this(
          kind,
          contentType,
          content,
          sha256,
          new DeliveryManifest.Entry(
              kind,
              contentType,
              content.size(),
              sha256.hex(),
              StoredForm.plain(content.size(), sha256.hex())));
    }
  }

  /** The name of a recording's folder at every destination. */
  public static String folder(UUID sessionId, long startedAt) {
    return DAY.format(Instant.ofEpochMilli(startedAt)) + "/" + sessionId;
  }

  /**
   * Delivers a recording; blocks. Repeating it replaces what an earlier attempt left.
   *
   * @param startedAt of the session, in milliseconds since the epoch
   * @param artefacts at most one of a kind
   * @param progress is told the finished fraction, from 0 to 1, never falling; writing is one half
   *     and reading back the other
   * @param cancelled is asked at least once in every mebibyte or part that is sent
   * @throws CancellationException when {@code cancelled} said so
   * @throws CurfewException STORAGE_UNAVAILABLE when a file cannot be read here or written there
   *     now, STORAGE_CORRUPT when it is lost here or what comes back is not what was sent
   */
  public UploadedRecording upload(
      UUID sessionId,
      long startedAt,
      List<Outgoing> artefacts,
      DoubleConsumer progress,
      BooleanSupplier cancelled) {
    String folder = folder(sessionId, startedAt);
    long bytes = artefacts.stream().mapToLong(artefact -> artefact.content().size()).sum();
    Meter meter = new Meter(2 * bytes, progress, cancelled);
    for (Outgoing artefact : artefacts) {
      send(name(folder, artefact), artefact, meter);
    }
    List<UploadedRecording.File> files = new ArrayList<>();
    for (Outgoing artefact : artefacts) {
      String name = name(folder, artefact);
      readBack(name, artefact.content().size(), artefact.sha256(), meter);
      files.add(
          new UploadedRecording.File(
              artefact.kind(), name, artefact.content().size(), artefact.sha256()));
    }
    byte[] manifest =
        new DeliveryManifest(sessionId, startedAt, artefacts.stream().map(Outgoing::entry).toList())
            .toJson();
    Sha256 manifestSha256 = Sha256.of(manifest);
    String manifestName = folder + "/" + DeliveryManifest.FILE_NAME;
    destination.put(manifestName, manifest);
    readBack(manifestName, manifest.length, manifestSha256, Meter.silent(cancelled));
    progress.accept(1);
    return new UploadedRecording(destination.location(folder), files, manifestSha256);
  }

  private static String name(String folder, Outgoing artefact) {
    return folder + "/" + artefact.kind().fileName();
  }

  private void send(String name, Outgoing artefact, Meter meter) {
    try {
      destination.put(name, artefact.content(), meter);
    } catch (CurfewException e) {
      if (e.code() == ErrorCode.NOT_FOUND) {
        // Trying again will not bring it back.
        throw CurfewException.causedBy(
            ErrorCode.STORAGE_CORRUPT,
            artefact.kind().fileName() + " is no longer on the stage",
            e);
      }
      throw e;
    }
  }

  private void readBack(String name, long size, Sha256 sha256, Meter meter) {
    MessageDigest digest = Sha256.digest();
    byte[] buffer = new byte[READ_SIZE];
    long actualSize = 0;
    try (InputStream object = destination.open(name)) {
      for (int count = object.read(buffer); count >= 0; count = object.read(buffer)) {
        digest.update(buffer, 0, count);
        actualSize += count;
        meter.moved(count);
      }
    } catch (IOException e) {
      throw CurfewException.causedBy(
          ErrorCode.STORAGE_UNAVAILABLE, name + " cannot be read back from the destination", e);
    } catch (CurfewException e) {
      if (e.code() == ErrorCode.NOT_FOUND) {
        throw CurfewException.of(
            ErrorCode.STORAGE_CORRUPT, name + " is not at the destination after it was sent");
      }
      throw e;
    }
    Sha256 actual = Sha256.from(digest);
    if (actualSize != size || !actual.equals(sha256)) {
      throw CurfewException.of(
          ErrorCode.STORAGE_CORRUPT,
          "%s came back from the destination with %d bytes and SHA-256 %s, sent were %d and %s"
              .formatted(name, actualSize, actual, size, sha256));
    }
  }

  /** Counts bytes towards a total and passes on the wish to stop. */
  private static final class Meter implements Watch {
    private final long total;
    private final DoubleConsumer progress;
    private final BooleanSupplier cancelled;
    private long done;

    Meter(long total, DoubleConsumer progress, BooleanSupplier cancelled) {
      this.total = total;
      this.progress = progress;
      this.cancelled = cancelled;
    }

    static Meter silent(BooleanSupplier cancelled) {
      return new Meter(0, fraction -> {}, cancelled);
    }

    @Override
    public void moved(long bytes) {
      if (cancelled.getAsBoolean()) {
        throw new CancellationException("uploading was stopped");
      }
      done += bytes;
      if (total > 0) {
        progress.accept(Math.min(1, (double) done / total));
      }
    }
  }
}
