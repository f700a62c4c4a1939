package dev.curfew.worker;

import dev.curfew.fault.CurfewException;
import dev.curfew.lease.ChunkKind;
import dev.curfew.recording.CaptureOrder;
import dev.curfew.recording.Chunk;
import dev.curfew.recording.ChunkContent;
import dev.curfew.recording.RecordingSource;
import dev.curfew.recording.Sha256;
import dev.curfew.recording.UntilAnswered;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import java.io.InputStream;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A recording that a node gives out: its manifest a page at a time, its chunks a part at a time,
 * each asked for until it can be had. For worker threads, which wait for the link's event loop.
 */
final class RemoteRecording implements RecordingSource {
  private static final int PAGE = 500;

  /** Of rows with texts, which may be long and which the node reads whole pages of. */
  private static final int PAGE_OF_TEXTS = 100;

  /** A part is halved when it cannot be had whole, down to the size that one look at it needs. */
  private static final int LARGEST_PART = 1 << 20;

  private static final int SMALLEST_PART = 1 << 16;

  /** The name of an object is not of interest here; only the node looks it up. */
  private static final ChunkContent STORED = new ChunkContent.Stored("bin");

  private final NodeLink link;
  private final Context eventLoop;
  private final UntilAnswered untilAnswered;
  private final Set<ChunkKind> kinds;
  private final UUID sessionId;
  private final String title;
  private final long startedAt;
  private final long endedAt;

  /**
   * @param recording as the node shows it
   * @param kinds the kinds of chunks to be shown of it; others it has none of
   * @param eventLoop of the link
   */
  RemoteRecording(
      NodeLink link,
      Context eventLoop,
      UntilAnswered untilAnswered,
      JsonObject recording,
      Set<ChunkKind> kinds) {
    this.link = link;
    this.eventLoop = eventLoop;
    this.untilAnswered = untilAnswered;
    this.kinds = Set.copyOf(kinds);
    this.sessionId = UUID.fromString(recording.getString("sessionId"));
    this.title = recording.getString("title", "Session " + sessionId);
    this.startedAt = millis(recording.getString("startedAt"));
    this.endedAt = millis(recording.getString("endedAt"));
  }

  private static long millis(@Nullable String iso) {
    return iso == null ? 0 : Instant.parse(iso).toEpochMilli();
  }

  static String path(UUID sessionId) {
    return "/api/v1/recordings/" + sessionId;
  }

  @Override
  public UUID sessionId() {
    return sessionId;
  }

  @Override
  public String title() {
    return title;
  }

  @Override
  public long startedAt() {
    return startedAt;
  }

  @Override
  public long endedAt() {
    return endedAt;
  }

  @Override
  public Iterable<Chunk> chunks(ChunkKind kind) {
    if (!kinds.contains(kind)) {
      return List.of();
    }
    // Pieces of a raw recording stay in the order of their bytes, which is that of their arrival.
    return kind == ChunkKind.RAW
        ? () -> new Arrivals(kind)
        : () -> new CaptureOrder(new Arrivals(kind));
  }

  /** The chunks of one kind by sequence, a page at a time. */
  private final class Arrivals implements Iterator<Chunk> {
    private final ChunkKind kind;
    private Iterator<Chunk> page = List.<Chunk>of().iterator();
    private @Nullable String next = "0";

    Arrivals(ChunkKind kind) {
      this.kind = kind;
    }

    @Override
    public boolean hasNext() {
      while (!page.hasNext() && next != null) {
        turn(next);
      }
      return page.hasNext();
    }

    private void turn(String after) {
      String path =
          path(sessionId)
              + "/chunks?text=true&kind="
              + kind.wireName()
              + "&limit="
              + (isText(kind) ? PAGE_OF_TEXTS : PAGE)
              + "&after="
              + after;
      JsonObject answer = await(() -> link.get(path));
      List<Chunk> chunks = new ArrayList<>();
      for (Object item : answer.getJsonArray("items")) {
        chunks.add(chunk((JsonObject) item));
      }
      page = chunks.iterator();
      next = answer.getString("next");
    }

    @Override
    public Chunk next() {
      if (!hasNext()) {
        throw new NoSuchElementException();
      }
      return page.next();
    }

    private Chunk chunk(JsonObject row) {
      return new Chunk(
          row.getLong("seq"),
          kind,
          millis(row.getString("capturedAt")),
          row.getLong("size"),
          Sha256.fromHex(row.getString("sha256")),
          Sha256.fromHex(row.getString("chain")),
          content(row.getString("text")));
    }

    private ChunkContent content(@Nullable String text) {
      if (!isText(kind)) {
        return STORED;
      }
      return text == null ? new ChunkContent.Gone() : new ChunkContent.Inline(text);
    }
  }

  private static boolean isText(ChunkKind kind) {
    return kind == ChunkKind.KEYSTROKES || kind == ChunkKind.CLIPBOARD;
  }

  @Override
  public InputStream open(Chunk chunk) {
    Parts parts = new Parts(path(sessionId) + "/chunks/" + chunk.sequence(), chunk.size());
    // What is missing is better known now than at the first byte.
    parts.fill();
    return parts;
  }

  /** The bytes of a chunk, asked for as they are read. */
  private final class Parts extends InputStream {
    private final String path;
    private final long size;
    private Buffer part = Buffer.buffer();
    private int at;
    private long asked;
    private int length = SMALLEST_PART;

    Parts(String path, long size) {
      this.path = path;
      this.size = size;
    }

    /** Whether there is a byte to be read. */
    boolean fill() {
      if (at == part.length() && asked < size) {
        part = await(this::ask);
        at = 0;
        asked += part.length();
        length = LARGEST_PART;
      }
      return at < part.length();
    }

    private Future<Buffer> ask() {
      int wanted = (int) Math.min(length, size - asked);
      length = Math.max(SMALLEST_PART, length / 2);
      return link.fetch(path, asked, wanted);
    }

    @Override
    public int read() {
      return fill() ? part.getUnsignedByte(at++) : -1;
    }

    @Override
    public int read(byte[] bytes, int offset, int wanted) {
      if (wanted == 0) {
        return 0;
      }
      if (!fill()) {
        return -1;
      }
      int given = Math.min(wanted, part.length() - at);
      part.getBytes(at, at + given, bytes, offset);
      at += given;
      return given;
    }
  }

  private <T> T await(Supplier<Future<T>> question) {
    Promise<T> answer = Promise.promise();
    eventLoop.runOnContext(now -> untilAnswered.ask(question).onComplete(answer));
    try {
      return answer.future().toCompletionStage().toCompletableFuture().get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CancellationException("interrupted");
    } catch (ExecutionException e) {
      if (e.getCause() instanceof CurfewException failure) {
        throw failure;
      }
      throw new IllegalStateException(e.getCause());
    }
  }
}
