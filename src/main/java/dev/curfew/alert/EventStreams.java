package dev.curfew.alert;

import dev.curfew.auth.Principal;
import dev.curfew.fault.CurfewException;
import dev.curfew.fault.ErrorCode;
import dev.curfew.store.EventCursor;
import io.vertx.core.Future;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.MIMEHeader;
import io.vertx.ext.web.RoutingContext;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The event log as server-sent events. */
public final class EventStreams {
  private static final String LAST_EVENT_ID = "Last-Event-ID";

  private final EventFeed feed;
  private final AlertHub hub;

  public EventStreams(EventFeed feed, AlertHub hub) {
    this.feed = feed;
    this.hub = hub;
  }

  /**
   * Answers a request with the events that its query asks for, for as long as the connection, the
   * credential and the node last. {@code Last-Event-ID} wins over the query's {@code after}: a
   * browser that connects again sends both, and the one it had first is out of date.
   *
   * @param credential asks anew who presents the request's credential
   * @return completes when the answer has begun; fails before that with NOT_ACCEPTABLE, FORBIDDEN,
   *     NOT_FOUND, BAD_CURSOR or INVALID_FIELD naming header or parameter, or UNAVAILABLE
   */
  public Future<Void> open(
      RoutingContext context,
      EventQuery query,
      Principal principal,
      Supplier<Future<Principal>> credential) {
    HttpServerRequest request = context.request();
    requireAcceptable(context);
    EventCursor seen = lastSeen(request.getHeader(LAST_EVENT_ID));
    EventCursor after = seen == null ? query.after() : seen;
    return feed.filter(principal, query)
        .compose(
            filter ->
                feed.requireKnown(seen == null ? "after" : LAST_EVENT_ID, after)
                    .compose(known -> hub.here())
                    .map(
                        here -> {
                          // Nothing is expected of the client; only whether it is still there.
                          if (!request.isEnded()) {
                            request.resume();
                          }
                          EventStream.open(
                              here, request, new Admission(principal, credential), filter, after);
                          return null;
                        }));
  }

  private static @Nullable EventCursor lastSeen(@Nullable String header) {
    return header == null || header.isEmpty() ? null : EventCursor.parse(LAST_EVENT_ID, header);
  }

  /** Of the ranges that cover the media type, the most specific decides. */
  private static void requireAcceptable(RoutingContext context) {
    int best = -1;
    boolean acceptable = true;
    for (MIMEHeader range : context.parsedHeaders().accept()) {
      int specificity = specificity(range);
      if (specificity > best) {
        best = specificity;
        acceptable = range.weight() > 0;
      }
    }
    boolean asked = !context.parsedHeaders().accept().isEmpty();
    if (asked && (best < 0 || !acceptable)) {
      throw CurfewException.of(
          ErrorCode.NOT_ACCEPTABLE, "Accept", "Accept must allow text/event-stream");
    }
  }

  /** -1 for a range that does not cover {@code text/event-stream}. */
  private static int specificity(MIMEHeader range) {
    String type = range.component();
    String subtype = range.subComponent();
    if (type.equalsIgnoreCase("text")) {
      return subtype.equals("*") ? 1 : subtype.equalsIgnoreCase("event-stream") ? 2 : -1;
    }
    return type.equals("*") && subtype.equals("*") ? 0 : -1;
  }
}
