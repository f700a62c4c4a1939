package dev.curfew.recording;

import dev.curfew.fault.CurfewException;
import dev.curfew.fault.ErrorCode;
import dev.curfew.lease.ChunkKind;
import dev.curfew.store.ManifestEnd;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.io.IOException;
import java.io.InputStream;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Verifies a recording's manifest up to the end that is noted of it, and the contents of its
 * chunks: a page of lines at a time, of which a few objects are read side by side.
 */
final class ChunkVerification {
  private static final int PAGE = 100;
  private static final int LANES = 4;
  private static final int READ_SIZE = 64 * 1024;

  private final RecordingSurroundings around;
  private final VerificationThreads threads;
  private final UUID sessionId;
  private final ManifestEnd end;
  private final boolean live;
  private final LongConsumer progress;
  private final Promise<Void> done = Promise.promise();
  private final AtomicLong contents = new AtomicLong();
  private final AtomicLong deleted = new AtomicLong();
  private final Set<ChunkKind> deletedKinds = EnumSet.noneOf(ChunkKind.class);
  private Sha256 link;
  private long lines;
  private long bytes;

  /**
   * @param live whether lines may be added meanwhile
   * @param progress is told how many chunks are verified
   */
  ChunkVerification(
      RecordingSurroundings around,
      VerificationThreads threads,
      UUID sessionId,
      ManifestEnd end,
      boolean live,
      LongConsumer progress) {
    this.around = around;
    this.threads = threads;
    this.sessionId = sessionId;
    this.end = end;
    this.live = live;
    this.progress = progress;
    this.link = ChunkManifest.genesis(sessionId);
  }

  /**
   * @return fails with {@link BadPartFound}, or with STORAGE_UNAVAILABLE when a chunk cannot be
   *     read now
   */
  Future<Void> run() {
    next();
    return done.future();
  }

  long lines() {
    return lines;
  }

  /** How many chunks' contents are what was captured. */
  long contents() {
    return contents.get();
  }

  /** How many chunks' contents are not kept any more. */
  long deleted() {
    return deleted.get();
  }

  /** Of which kinds those are. */
  Set<ChunkKind> deletedKinds() {
    return deletedKinds;
  }

  private void next() {
    if (lines == end.chunks()) {
      atTheEnd().onComplete(done);
      return;
    }
    int wanted = (int) Math.min(PAGE, end.chunks() - lines);
    around
        .manifests
        .list(sessionId, lines + 1, wanted)
        .compose(rows -> threads.run(() -> links(rows.stream().map(ManifestRows::chunk).toList())))
        .compose(this::contents)
        .onComplete(
            page -> {
              if (page.succeeded()) {
                progress.accept(lines);
                next();
              } else {
                done.fail(page.cause());
              }
            });
  }

  /** Verifies the lines of a page, and gives back those whose contents are in the store. */
  private List<Chunk> links(List<Chunk> page) throws BadPartFound {
    List<Chunk> stored = new ArrayList<>();
    for (Chunk chunk : page) {
      if (chunk.sequence() != lines + 1) {
        throw missingLine();
      }
      var fault = ChunkManifest.fault(link, lines + 1, chunk);
      if (fault.isPresent()) {
        throw new BadPartFound(name(chunk), fault.get());
      }
      if (chunk.content() instanceof ChunkContent.Gone) {
        if (!end.cleared()) {
          throw new BadPartFound(name(chunk), "has lost its content, which was not deleted here");
        }
        gone(chunk);
      } else if (chunk.content() instanceof ChunkContent.Stored) {
        stored.add(chunk);
      } else {
        contents.incrementAndGet();
      }
      link = chunk.link();
      bytes += chunk.size();
      lines++;
    }
    if (page.isEmpty()) {
      throw missingLine();
    }
    return stored;
  }

  private BadPartFound missingLine() {
    return new BadPartFound(
        "chunk " + (lines + 1),
        "is missing from the manifest, which has " + end.chunks() + " chunks");
  }

  private static String name(Chunk chunk) {
    return "chunk " + chunk.sequence();
  }

  private void gone(Chunk chunk) {
    deleted.incrementAndGet();
    synchronized (deletedKinds) {
      deletedKinds.add(chunk.kind());
    }
  }

  private Future<Void> contents(List<Chunk> stored) {
    List<Future<@Nullable BadChunk>> lanes = new ArrayList<>();
    for (int lane = 0; lane < Math.min(LANES, stored.size()); lane++) {
      lanes.add(threads.run(lane(stored, lane)));
    }
    return Future.all(lanes)
        .compose(
            all -> {
              BadChunk first = null;
              for (Future<@Nullable BadChunk> lane : lanes) {
                BadChunk bad = lane.result();
                if (bad != null && (first == null || bad.sequence < first.sequence)) {
                  first = bad;
                }
              }
              return first == null
                  ? Future.succeededFuture()
                  : Future.failedFuture(new BadPartFound("chunk " + first.sequence, first.reason));
            });
  }

  private record BadChunk(long sequence, String reason) {}

  /** Reads every fourth chunk of a page up to the first bad one. */
  private Callable<@Nullable BadChunk> lane(List<Chunk> stored, int lane) {
    return () -> {
      for (int i = lane; i < stored.size(); i += LANES) {
        Chunk chunk = stored.get(i);
        String reason = faultOfContent(chunk);
        if (reason != null) {
          return new BadChunk(chunk.sequence(), reason);
        }
      }
      return null;
    };
  }

  private @Nullable String faultOfContent(Chunk chunk) throws IOException {
    MessageDigest digest = Sha256.digest();
    byte[] buffer = new byte[(int) Math.min(READ_SIZE, chunk.size() + 1)];
    long size = 0;
    try (InputStream in = around.captured.open(sessionId, chunk, 0, Long.MAX_VALUE)) {
      for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
        digest.update(buffer, 0, count);
        size += count;
      }
    } catch (CurfewException e) {
      if (e.code() == ErrorCode.NOT_FOUND) {
        if (end.clearing()) {
          gone(chunk);
          return null;
        }
        return "is missing from the store";
      }
      if (e.code() == ErrorCode.STORAGE_CORRUPT) {
        return "was altered, cut off or exchanged in the store";
      }
      throw e;
    }
    if (size != chunk.size() || !Sha256.from(digest).equals(chunk.sha256())) {
      return "does not match its hash in the manifest";
    }
    contents.incrementAndGet();
    return null;
  }

  private Future<Void> atTheEnd() {
    byte[] noted = end.link();
    boolean same =
        end.chunks() == 0 ? noted.length == 0 : HexFormat.of().formatHex(noted).equals(link.hex());
    if (!same || bytes != end.bytes()) {
      return Future.failedFuture(
          new BadPartFound("manifest", "does not end as the recording says that it does"));
    }
    if (live) {
      return Future.succeededFuture();
    }
    return around
        .manifests
        .list(sessionId, Math.addExact(end.chunks(), 1), 1)
        .compose(
            more ->
                more.isEmpty()
                    ? Future.succeededFuture()
                    : Future.failedFuture(
                        new BadPartFound(
                            "chunk " + more.get(0).sequence(),
                            "is listed behind the end of the manifest, which has "
                                + end.chunks()
                                + " chunks")));
  }
}
