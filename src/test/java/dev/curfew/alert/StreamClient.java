package dev.curfew.alert;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.json.JsonObject;
import io.vertx.core.parsetools.RecordParser;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** Someone who follows events as server-sent events, read as the HTML standard says. */
final class StreamClient extends AlertReader {
  /** An event that a browser would dispatch. */
  record Message(String id, String type, String data) {}

  private final HttpClientResponse response;
  private final List<Message> messages = new CopyOnWriteArrayList<>();
  private final List<String> comments = new CopyOnWriteArrayList<>();
  private final StringBuilder data = new StringBuilder();
  private volatile String lastEventId = "";
  private volatile String retry;
  private volatile boolean ended;
  private volatile boolean broken;
  private String type = "message";

  StreamClient(HttpClientResponse response) {
    this.response = response;
    RecordParser lines = RecordParser.newDelimited("\n", this::line);
    response.handler(lines);
    response.exceptionHandler(failure -> broken = true);
    response.endHandler(none -> ended = true);
  }

  private void line(Buffer buffer) {
    String line = buffer.toString();
    int colon = line.indexOf(':');
    String value = colon < 0 ? "" : line.substring(colon + 1).replaceFirst("^ ", "");
    if (line.isEmpty()) {
      dispatch();
    } else if (colon == 0) {
      comments.add(value);
    } else {
      field(colon < 0 ? line : line.substring(0, colon), value);
    }
  }

  private void field(String name, String value) {
    switch (name) {
      case "id" -> lastEventId = value;
      case "event" -> type = value;
      case "data" -> data.append(value).append('\n');
      case "retry" -> retry = value;
      default -> throw new AssertionError(name);
    }
  }

  private void dispatch() {
    if (!data.isEmpty()) {
      data.setLength(data.length() - 1);
      messages.add(new Message(lastEventId, type, data.toString()));
      received(new JsonObject(data.toString()));
    }
    data.setLength(0);
    type = "message";
  }

  HttpClientResponse response() {
    return response;
  }

  List<Message> messages() {
    return messages;
  }

  List<String> comments() {
    return comments;
  }

  /** What a browser would send as {@code Last-Event-ID}. */
  String lastEventId() {
    return lastEventId;
  }

  String retry() {
    return retry;
  }

  /** Whether the node has ended the answer, rather than cut the connection. */
  boolean endedProperly() {
    return ended && !broken;
  }

  @Override
  void pause() {
    response.pause();
  }

  @Override
  void resume() {
    response.resume();
  }

  @Override
  boolean isClosed() {
    return ended || broken;
  }

  @Override
  String reason() {
    return comments.isEmpty() ? null : comments.get(comments.size() - 1);
  }
}
