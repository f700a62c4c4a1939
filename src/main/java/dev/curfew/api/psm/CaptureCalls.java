package dev.curfew.api.psm;

import dev.curfew.api.Answer;
import dev.curfew.api.Exchange;
import dev.curfew.api.Fields;
import dev.curfew.api.Gateway;
import dev.curfew.api.Times;
import dev.curfew.fault.CurfewException;
import dev.curfew.fault.ErrorCode;
import dev.curfew.lease.ChunkKind;
import dev.curfew.recording.Capture;
import dev.curfew.session.Command;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import java.util.Base64;
import java.util.UUID;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** What a gateway captures of its session. Each call also says that the gateway is alive. */
final class CaptureCalls {
  private static final String BASE64 = ";base64,";
  private static final int LONGEST_TEXT = 1 << 20;

  private final Gateway gateway;

  CaptureCalls(Gateway gateway) {
    this.gateway = gateway;
  }

  Future<Answer> keystrokes(Exchange exchange) {
    return text(exchange, ChunkKind.KEYSTROKES);
  }

  Future<Answer> clipboard(Exchange exchange) {
    return text(exchange, ChunkKind.CLIPBOARD);
  }

  private Future<Answer> text(Exchange exchange, ChunkKind kind) {
    Fields body = exchange.body();
    UUID session = body.uuid("session");
    String text = body.optionalText("text", LONGEST_TEXT);
    if (text == null) {
      throw CurfewException.invalid("text", "is required");
    }
    Long capturedAt = Times.optional(body, "capturedAt");
    return capture(
            exchange,
            session,
            () -> gateway.recordings().captureText(session, kind, text, capturedAt))
        .compose(
            answer ->
                // Typing and copying are what a user does; a screenshot may be of an empty chair.
                gateway.sessions().ask(new Command.Touch(session)).map(touched -> answer));
  }

  Future<Answer> screenshot(Exchange exchange) {
    Fields body = exchange.body();
    UUID session = body.uuid("session");
    Long capturedAt = Times.optional(body, "capturedAt");
    Buffer image = image(body.json());
    return capture(
        exchange,
        session,
        () -> gateway.recordings().captureScreenshot(session, image, capturedAt));
  }

  private Buffer image(JsonObject body) {
    String url = large(body, "image");
    int data = url.indexOf(BASE64);
    if (!url.startsWith("data:image/") || data < 0) {
      throw CurfewException.invalid(
          "image", "must be a data URL such as data:image/png;base64,...");
    }
    return decoded(
        "image",
        url.substring(data + BASE64.length()),
        gateway.config().limits().screenshot().bytes());
  }

  Future<Answer> recording(Exchange exchange) {
    Fields body = exchange.body();
    UUID session = body.uuid("session");
    Long capturedAt = Times.optional(body, "capturedAt");
    Long offset = body.optionalInteger("offset", 0, Long.MAX_VALUE);
    Buffer piece =
        decoded(
            "recording",
            large(body.json(), "recording"),
            gateway.config().limits().recordingChunk().bytes());
    return capture(
            exchange,
            session,
            () -> gateway.recordings().captureRaw(session, piece, offset, capturedAt))
        .recover(failure -> withExpectedOffset(session, failure));
  }

  /** A gap is answered with the offset at which the recording goes on. */
  private Future<Answer> withExpectedOffset(UUID session, Throwable failure) {
    if (!(failure instanceof CurfewException known) || known.code() != ErrorCode.OFFSET_GAP) {
      return Future.failedFuture(failure);
    }
    return gateway
        .recordings()
        .find(session)
        .map(
            recording ->
                PsmDialect.error(
                    409,
                    known.getMessage(),
                    new JsonObject().put("ExpectedOffset", recording.rawBytes())));
  }

  private Future<Answer> capture(Exchange exchange, UUID session, Supplier<Future<Capture>> store) {
    return GatewayCalls.seen(gateway, exchange.principal(), session, null)
        .compose(
            view ->
                view == null || !view.state().live()
                    ? Future.succeededFuture(terminated())
                    : store.get().map(CaptureCalls::answer));
  }

  private static Answer answer(Capture capture) {
    return capture.terminated() ? terminated() : PsmDialect.success();
  }

  private static Answer terminated() {
    return Answer.ok(new JsonObject().put("Result", "Success").put("TerminateSession", true));
  }

  private static String large(JsonObject body, String field) {
    Object value = body.getValue(field);
    if (value == null) {
      throw CurfewException.invalid(field, "is required");
    }
    if (!(value instanceof String text)) {
      throw CurfewException.invalid(field, "must be a string");
    }
    return text;
  }

  private static Buffer decoded(String field, String base64, long limit) {
    byte @Nullable [] bytes = null;
    try {
      bytes = Base64.getDecoder().decode(base64);
    } catch (IllegalArgumentException broken) {
      throw CurfewException.invalid(field, "is not valid base64");
    }
    if (bytes.length == 0) {
      throw CurfewException.invalid(field, "must not be empty");
    }
    if (bytes.length > limit) {
      throw CurfewException.of(
          ErrorCode.TOO_LARGE, field, field + " is larger than " + limit + " bytes");
    }
    return Buffer.buffer(bytes);
  }
}
