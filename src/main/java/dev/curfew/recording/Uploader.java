package dev.curfew.recording;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import dev.curfew.fault.CurfewException;
import dev.curfew.fault.ErrorCode;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
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
  private static final String MANIFEST = "manifest.json";
  private static final int READ_SIZE = 64 * 1024;
  private static final JsonFactory JSON = new JsonFactory();
  private static final DateTimeFormatter DAY =
      DateTimeFormatter.ofPattern("uuuu/MM/dd").withZone(ZoneOffset.UTC);

  private final ArtefactDestination destination;

  public Uploader(ArtefactDestination destination) {
    this.destination = destination;
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
   * @param cancelled is asked at least once in every 64 KiB
   * @throws CancellationException when {@code cancelled} said so
   * @throws CurfewException STORAGE_UNAVAILABLE when a file cannot be read here or written there,
   *     or what comes back is not what was sent
   */
  public UploadedRecording upload(
      UUID sessionId,
      long startedAt,
      List<Artefact> artefacts,
      DoubleConsumer progress,
      BooleanSupplier cancelled) {
    String folder = folder(sessionId, startedAt);
    long bytes = artefacts.stream().mapToLong(Artefact::size).sum();
    Meter meter = new Meter(2 * bytes, progress, cancelled);
    for (Artefact artefact : artefacts) {
      send(artefact, name(folder, artefact), meter);
    }
    List<UploadedRecording.File> files = new ArrayList<>();
    for (Artefact artefact : artefacts) {
      String name = name(folder, artefact);
      readBack(name, artefact.size(), artefact.sha256(), meter);
      files.add(
          new UploadedRecording.File(artefact.kind(), name, artefact.size(), artefact.sha256()));
    }
    byte[] manifest = manifest(sessionId, startedAt, artefacts);
    Sha256 manifestSha256 = Sha256.of(manifest);
    String manifestName = folder + "/" + MANIFEST;
    destination.put(manifestName, new ByteArrayInputStream(manifest), manifest.length);
    readBack(manifestName, manifest.length, manifestSha256, Meter.silent(cancelled));
    progress.accept(1);
    return new UploadedRecording(destination.location(folder), files, manifestSha256);
  }

  private static String name(String folder, Artefact artefact) {
    return folder + "/" + artefact.kind().fileName();
  }

  private void send(Artefact artefact, String name, Meter meter) {
    try (InputStream file = Files.newInputStream(artefact.file());
        Metered content = new Metered(file, meter)) {
      destination.put(name, content, artefact.size());
      if (!content.sha256().equals(artefact.sha256())) {
        throw CurfewException.of(
            ErrorCode.STORAGE_UNAVAILABLE,
            artefact.kind().fileName() + " has changed on this node since it was made");
      }
    } catch (IOException e) {
      throw CurfewException.causedBy(
          ErrorCode.STORAGE_UNAVAILABLE,
          artefact.kind().fileName() + " cannot be read on this node",
          e);
    }
  }

  private void readBack(String name, long size, Sha256 sha256, Meter meter) {
    long actualSize;
    Sha256 actual;
    try (InputStream object = destination.open(name);
        Metered content = new Metered(object, meter)) {
      actualSize = content.transferTo(OutputStream.nullOutputStream());
      actual = content.sha256();
    } catch (IOException e) {
      throw CurfewException.causedBy(
          ErrorCode.STORAGE_UNAVAILABLE, name + " cannot be read back from the destination", e);
    } catch (CurfewException e) {
      if (e.code() == ErrorCode.NOT_FOUND) {
        throw CurfewException.of(
            ErrorCode.STORAGE_UNAVAILABLE, name + " is not at the destination after it was sent");
      }
      throw e;
    }
    if (actualSize != size || !actual.equals(sha256)) {
      throw CurfewException.of(
          ErrorCode.STORAGE_UNAVAILABLE,
          "%s came back from the destination with %d bytes and SHA-256 %s, sent were %d and %s"
              .formatted(name, actualSize, actual, size, sha256));
    }
  }

  private static byte[] manifest(UUID sessionId, long startedAt, List<Artefact> artefacts) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (JsonGenerator json = JSON.createGenerator(out)) {
      json.setPrettyPrinter(new DefaultPrettyPrinter());
      json.writeStartObject();
      json.writeNumberField("version", 1);
      json.writeStringField("sessionId", sessionId.toString());
      json.writeStringField("startedAt", Instant.ofEpochMilli(startedAt).toString());
      json.writeArrayFieldStart("artefacts");
      for (Artefact artefact : artefacts) {
        json.writeStartObject();
        json.writeStringField("kind", artefact.kind().wireName());
        json.writeStringField("file", artefact.kind().fileName());
        json.writeStringField("contentType", artefact.contentType());
        json.writeNumberField("size", artefact.size());
        json.writeStringField("sha256", artefact.sha256().hex());
        json.writeEndObject();
      }
      json.writeEndArray();
      json.writeEndObject();
    } catch (IOException e) {
      throw new IllegalStateException("writing to memory failed", e);
    }
    return out.toByteArray();
  }

  /** Counts bytes towards a total and passes on the wish to stop. */
  private static final class Meter {
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

    void count(int bytes) {
      done += bytes;
      if (total > 0) {
        progress.accept(Math.min(1, (double) done / total));
      }
    }

    void check() {
      if (cancelled.getAsBoolean()) {
        throw new CancellationException("uploading was stopped");
      }
    }
  }

  /** Measures and hashes what is read; closing it leaves the other stream open. */
  private static final class Metered extends FilterInputStream {
    private final MessageDigest digest = Sha256.digest();
    private final Meter meter;

    Metered(InputStream in, Meter meter) {
      super(in);
      this.meter = meter;
    }

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] buffer, int offset, int length) throws IOException {
      meter.check();
      int count = in.read(buffer, offset, Math.min(length, READ_SIZE));
      if (count > 0) {
        digest.update(buffer, offset, count);
        meter.count(count);
      }
      return count;
    }

    @Override
    public long skip(long count) {
      return 0; // everything that passes is hashed
    }

    @Override
    public boolean markSupported() {
      return false;
    }

    @Override
    public void close() {
      // Its opener closes the stream.
    }

    /** Of all that was read so far; may be asked once. */
    Sha256 sha256() {
      return Sha256.from(digest);
    }
  }
}
