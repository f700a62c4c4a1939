package dev.curfew.api.admin;

import dev.curfew.api.Answer;
import dev.curfew.api.ByteRange;
import dev.curfew.api.Exchange;
import dev.curfew.api.Gateway;
import dev.curfew.api.PlainErrors;
import dev.curfew.api.Times;
import dev.curfew.auth.Authorisation;
import dev.curfew.auth.Principal;
import dev.curfew.auth.Role;
import dev.curfew.fault.CurfewException;
import dev.curfew.lease.ArtefactKind;
import dev.curfew.lease.ChunkKind;
import dev.curfew.lease.Claimant;
import dev.curfew.lease.RecordingStage;
import dev.curfew.recording.Content;
import dev.curfew.store.ArtefactRow;
import dev.curfew.store.ChunkRow;
import dev.curfew.store.RecordingFilter;
import dev.curfew.store.RecordingRow;
import dev.curfew.store.TextHits;
import dev.curfew.store.TextLine;
import io.vertx.core.Future;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.HexFormat;
import java.util.List;
import java.util.UUID;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Recordings: how far they have come, what was captured, and what was made of it. */
final class RecordingCalls {
  private static final int LONGEST_TEXT = 200;

  /** Whoever searches the recordings of all is not their owner. */
  private static final long NOBODY = -1;

  /** Characters of text on one page of a manifest. */
  private static final long MOST_TEXT = 1L << 20;

  private final Gateway gateway;

  RecordingCalls(Gateway gateway) {
    this.gateway = gateway;
  }

  Future<Answer> list(Exchange exchange) {
    Principal caller = exchange.principal();
    UUID session = exchange.queryUuid("session");
    RecordingStage stage = stage(exchange.query("stage"));
    Integer realm = caller.is(Role.ADMIN) ? null : caller.realmId();
    boolean others = caller.administers(caller.realmId()) || caller.is(Role.AUDITOR);
    String text = exchange.query("text");
    if (text != null && text.length() > LONGEST_TEXT) {
      throw CurfewException.invalid("text", "must be at most " + LONGEST_TEXT + " characters");
    }
    Future<RecordingFilter> filter =
        user(exchange, others).map(userId -> new RecordingFilter(session, stage, userId, realm));
    return filter.compose(
        wanted -> text == null ? list(exchange, wanted) : search(exchange, wanted, text));
  }

  private Future<Answer> list(Exchange exchange, RecordingFilter filter) {
    return gateway
        .recordings()
        .list(filter, exchange.query("after"), exchange.limit())
        .map(
            page -> {
              JsonArray items = new JsonArray();
              page.items().forEach(recording -> items.add(json(recording)));
              return Answer.ok(new JsonObject().put("items", items).put("next", page.next()));
            });
  }

  private Future<Answer> search(Exchange exchange, RecordingFilter filter, String text) {
    Principal caller = exchange.principal();
    return gateway
        .recordings()
        .search(
            text,
            filter,
            exchange.query("after"),
            exchange.limit(),
            caller.realmId(),
            caller.initiator(filter.userId() == null ? NOBODY : filter.userId()))
        .map(
            page -> {
              JsonArray items = new JsonArray();
              page.items()
                  .forEach(found -> items.add(withHits(json(found.recording()), found.hits())));
              return Answer.ok(new JsonObject().put("items", items).put("next", page.next()));
            });
  }

  private static JsonObject withHits(JsonObject recording, TextHits found) {
    JsonArray hits = new JsonArray();
    for (TextLine line : found.lines()) {
      hits.add(
          new JsonObject()
              .put("kind", line.kind().wireName())
              .put("offsetMillis", line.offset())
              .put("at", Times.iso(line.at()))
              .put("text", line.text()));
    }
    return recording.put("hitCount", found.count()).put("hits", hits);
  }

  private Future<@Nullable Long> user(Exchange exchange, boolean others) {
    Principal caller = exchange.principal();
    if (!others) {
      return Future.succeededFuture((long) caller.userId());
    }
    String wanted = exchange.query("user");
    return wanted == null
        ? Future.succeededFuture(null)
        : gateway.directory().users().resolve(caller, wanted).map(user -> (long) user.numericId());
  }

  private static @Nullable RecordingStage stage(@Nullable String name) {
    if (name == null) {
      return null;
    }
    for (RecordingStage stage : RecordingStage.values()) {
      if (stage.wireName().equals(name)) {
        return stage;
      }
    }
    throw CurfewException.invalid("stage", "must be a stage such as Ended or Done-Uploaded");
  }

  Future<Answer> show(Exchange exchange) {
    return visible(exchange)
        .compose(
            recording ->
                gateway
                    .recordings()
                    .title(recording.sessionId())
                    .map(title -> Answer.ok(json(recording).put("title", title))));
  }

  Future<Answer> video(Exchange exchange) {
    return view(exchange, ArtefactKind.VIDEO);
  }

  Future<Answer> timeline(Exchange exchange) {
    return view(exchange, ArtefactKind.TIMELINE);
  }

  Future<Answer> captions(Exchange exchange) {
    return view(exchange, ArtefactKind.CAPTIONS);
  }

  Future<Answer> thumbnail(Exchange exchange) {
    return view(exchange, ArtefactKind.THUMBNAIL);
  }

  Future<Answer> asciicast(Exchange exchange) {
    return view(exchange, ArtefactKind.ASCIICAST);
  }

  /** Somebody looks at what was recorded of a person: that is noted before it is shown. */
  private Future<Answer> view(Exchange exchange, ArtefactKind kind) {
    UUID session = exchange.pathUuid("sessionId");
    return visible(exchange)
        .compose(
            recording -> {
              recording.requireKept();
              if (ByteRange.continues(exchange.request())) {
                return Future.succeededFuture();
              }
              return gateway
                  .recordings()
                  .noteRead(session, kind, exchange.principal().initiator(recording.userId()));
            })
        .compose(noted -> gateway.recordings().artefact(session, kind))
        .compose(content -> send(exchange, content));
  }

  Future<Answer> artifact(Exchange exchange) {
    ArtefactKind kind = kind(exchange);
    if (!Authorisation.isWorker(exchange.principal())) {
      return view(exchange, kind);
    }
    return stream(
        exchange, () -> gateway.recordings().artefact(exchange.pathUuid("sessionId"), kind));
  }

  Future<Answer> raw(Exchange exchange) {
    return stream(exchange, () -> gateway.recordings().raw(exchange.pathUuid("sessionId")));
  }

  Future<Answer> chunk(Exchange exchange) {
    long sequence = exchange.pathInteger("seq", 0, Long.MAX_VALUE);
    return stream(
        exchange, () -> gateway.recordings().chunk(exchange.pathUuid("sessionId"), sequence));
  }

  private Future<Answer> stream(Exchange exchange, Supplier<Future<Content>> content) {
    return visible(exchange)
        .compose(
            recording -> {
              recording.requireKept();
              return content.get();
            })
        .compose(found -> send(exchange, found));
  }

  private static Future<Answer> send(Exchange exchange, Content content) {
    ByteRange range = ByteRange.of(exchange.request().getHeader("Range"), content.size());
    HttpServerResponse response = exchange.response();
    response.putHeader("Accept-Ranges", "bytes");
    response.putHeader("Cache-Control", "no-store");
    response.putHeader("X-Content-Type-Options", "nosniff");
    if (!content.sha256().isEmpty()) {
      response.putHeader("ETag", "\"" + content.sha256() + "\"");
    }
    if (range == ByteRange.UNSATISFIABLE) {
      return Future.succeededFuture(
          PlainErrors.of(
                  416, "Range lies outside of " + content.size() + " bytes", exchange.request())
              .with("Content-Range", "bytes */" + content.size()));
    }
    response.putHeader("Content-Type", content.contentType());
    response.putHeader("Content-Length", Long.toString(range.length()));
    if (range.partial()) {
      response.setStatusCode(206);
      response.putHeader(
          "Content-Range",
          "bytes "
              + range.offset()
              + "-"
              + (range.offset() + range.length() - 1)
              + "/"
              + content.size());
    }
    return content
        .sendTo(response, range.offset(), range.length())
        .compose(sent -> response.end())
        .map(ended -> Answer.WRITTEN);
  }

  Future<Answer> chunks(Exchange exchange) {
    int limit = exchange.limit();
    long from = exchange.queryInteger("after", -1, -1, Long.MAX_VALUE - 1) + 1;
    ChunkKind kind = chunkKind(exchange.query("kind"));
    boolean withText = exchange.queryFlag("text");
    return visible(exchange)
        .compose(
            recording ->
                gateway.recordings().chunks(exchange.pathUuid("sessionId"), kind, from, limit))
        .map(rows -> Answer.ok(manifest(rows, limit, withText)));
  }

  private static @Nullable ChunkKind chunkKind(@Nullable String name) {
    if (name == null) {
      return null;
    }
    for (ChunkKind kind : ChunkKind.values()) {
      if (kind.wireName().equals(name)) {
        return kind;
      }
    }
    throw CurfewException.invalid("kind", "must be screenshot, keystrokes, clipboard or raw");
  }

  /** With texts a page ends early when it has grown long, after one row at least. */
  private static JsonObject manifest(List<ChunkRow> rows, int limit, boolean withText) {
    JsonArray items = new JsonArray();
    long characters = 0;
    for (ChunkRow row : rows) {
      JsonObject item =
          new JsonObject()
              .put("seq", row.sequence())
              .put("kind", row.kind().wireName())
              .put("capturedAt", Times.iso(row.capturedAt()))
              .put("size", row.size())
              .put("sha256", HexFormat.of().formatHex(row.sha256()))
              .put("chain", HexFormat.of().formatHex(row.chain()));
      String text = row.content();
      if (withText && text != null) {
        characters += text.length();
        if (characters > MOST_TEXT && !items.isEmpty()) {
          break;
        }
        item.put("text", text);
      }
      items.add(item);
    }
    boolean last = rows.size() < limit && items.size() == rows.size();
    String next = last ? null : Long.toString(rows.get(items.size() - 1).sequence());
    return new JsonObject().put("items", items).put("next", next);
  }

  Future<Answer> deliver(Exchange exchange) {
    ArtefactKind kind = kind(exchange);
    String token = exchange.header("X-Claim-Token");
    if (token == null) {
      throw CurfewException.invalid("X-Claim-Token", "is required");
    }
    byte[] digest = ContentDigest.sha256(exchange.header("Content-Digest"));
    exchange.request().pause();
    return visible(exchange)
        .compose(
            recording ->
                gateway
                    .recordings()
                    .storeArtefact(
                        recording.sessionId(),
                        kind,
                        Claimant.ofToken(token),
                        exchange.header("Content-Type"),
                        digest,
                        exchange.request()))
        .map(stored -> Answer.ok(json(stored)));
  }

  private static ArtefactKind kind(Exchange exchange) {
    return ArtefactKind.ofWireName(exchange.path("kind"))
        .orElseThrow(() -> CurfewException.notFound("The artifact"));
  }

  Future<Answer> retry(Exchange exchange) {
    UUID session = exchange.pathUuid("sessionId");
    return gateway
        .recordings()
        .find(session)
        .compose(
            recording -> {
              Authorisation.requireAdministrator(
                  exchange.principal(), recording.realmId(), "Recording");
              return gateway
                  .recordings()
                  .retry(session, exchange.principal().initiator(recording.userId()));
            })
        .compose(stage -> gateway.recordings().find(session))
        .map(recording -> Answer.ok(json(recording)));
  }

  /** The recording, if the caller may see it: workers those of all, users their own. */
  private Future<RecordingRow> visible(Exchange exchange) {
    Principal caller = exchange.principal();
    return gateway
        .recordings()
        .find(exchange.pathUuid("sessionId"))
        .map(
            recording -> {
              if (Authorisation.isWorker(caller)) {
                Authorisation.requireRealmOrWorker(caller, recording.realmId(), "Recording");
              } else {
                Authorisation.requireOwner(
                    caller,
                    recording.realmId(),
                    recording.userId(),
                    Authorisation.Intent.READ,
                    "Recording");
              }
              return recording;
            });
  }

  JsonObject json(RecordingRow recording) {
    JsonArray artefacts = new JsonArray();
    recording.artefacts().forEach(artefact -> artefacts.add(json(artefact)));
    JsonObject json =
        new JsonObject()
            .put("sessionId", recording.sessionId().toString())
            .put("stage", recording.stage().wireName())
            .put("owner", recording.owner())
            .put("attempt", recording.attempt())
            .put("leaseUntil", Times.iso(recording.leaseUntil()))
            .put("startedAt", Times.iso(recording.startedAt()))
            .put("endedAt", Times.iso(recording.endedAt()))
            .put(
                "chunks",
                new JsonObject()
                    .put("count", recording.chunkCount())
                    .put("bytes", recording.chunkBytes()))
            .put("artifacts", artefacts)
            .put("destination", recording.destination())
            .put("failure", recording.failure())
            .put("retainUntil", Times.iso(recording.retainUntil()))
            .put("legalHold", CustodyCalls.json(recording.hold()))
            .put("deletion", CustodyCalls.json(recording.deletion()));
    if (recording.nextTryAt() != 0) {
      json.put("nextTryAt", Times.iso(recording.nextTryAt()));
    }
    gateway
        .recordings()
        .progress(recording.sessionId())
        .ifPresent(progress -> json.put("progress", progress));
    return json;
  }

  private static JsonObject json(ArtefactRow artefact) {
    return new JsonObject()
        .put("kind", artefact.kind().wireName())
        .put("contentType", artefact.contentType())
        .put("size", artefact.size())
        .put("sha256", artefact.sha256());
  }
}
