package dev.curfew.api.am;

import dev.curfew.api.Answer;
import dev.curfew.api.Exchange;
import dev.curfew.api.Gateway;
import dev.curfew.config.Secret;
import dev.curfew.directory.Directory;
import dev.curfew.fault.CurfewException;
import dev.curfew.fault.ErrorCode;
import dev.curfew.realm.SessionServiceSettings;
import dev.curfew.realm.TokenView;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * {@code POST /sessionservice}: policy agents read a session and ask to be told of its end, both in
 * one set of requests. Each request has its own answer, so that one refusal spoils no other.
 */
final class AgentCalls {
  private static final long LONGEST_BODY = 64 * 1024;
  private static final String INVALID = "Session state is invalid.";
  private static final String NO_REQUESTER = "Application token passed in, is invalid.";

  private final Directory directory;
  private final Callers callers;

  AgentCalls(Gateway gateway, Callers callers) {
    this.directory = gateway.directory();
    this.callers = callers;
  }

  Future<Answer> serve(Exchange exchange) {
    String cookie = AmCall.token(exchange, callers.cookieName());
    return exchange
        .bytes(LONGEST_BODY)
        .compose(
            body -> {
              AgentRequestSet asked = AgentRequestSet.parse(body.toString(StandardCharsets.UTF_8));
              Future<List<AgentXml.Response>> responses = Future.succeededFuture(new ArrayList<>());
              for (AgentRequest request : asked.requests()) {
                responses =
                    responses.compose(
                        done ->
                            response(request, cookie)
                                .map(
                                    response -> {
                                      done.add(response);
                                      return done;
                                    }));
              }
              return responses.map(
                  done ->
                      Answer.of(
                          200,
                          AgentXml.CONTENT_TYPE,
                          Buffer.buffer(AgentXml.responseSet(asked, done))));
            });
  }

  /** What the agent may not do is told in the answer; that the node cannot serve fails the set. */
  private Future<AgentXml.Response> response(AgentRequest request, @Nullable String cookie) {
    String sessionId = request.sessionId();
    if (sessionId == null || sessionId.isEmpty()) {
      return refused(request, "The request names no session.");
    }
    String requester = request.requester() == null ? cookie : request.requester();
    if (requester == null) {
      return refused(request, NO_REQUESTER);
    }
    return directory
        .sessionTokens()
        .read(requester)
        .compose(
            by -> by.isEmpty() ? refused(request, NO_REQUESTER) : ask(request, by.get(), sessionId))
        .recover(failure -> told(request, failure));
  }

  private Future<AgentXml.Response> ask(AgentRequest request, TokenView by, String sessionId) {
    callers.requireWithinRate(by);
    boolean active = request.kind().equals(AgentRequest.GET_SESSION) && request.reset();
    return (active
            ? directory.sessionTokens().touch(sessionId)
            : directory.sessionTokens().read(sessionId))
        .compose(
            (Optional<TokenView> found) ->
                found.isEmpty()
                    ? refused(request, INVALID)
                    : serve(request, sessionId, found.get()));
  }

  private Future<AgentXml.Response> serve(
      AgentRequest request, String sessionId, TokenView session) {
    return switch (request.kind()) {
      case AgentRequest.GET_SESSION ->
          directory
              .sessionService()
              .find(session.realmId())
              .map(
                  found ->
                      AgentXml.session(
                          request,
                          session,
                          sessionId,
                          found.orElse(SessionServiceSettings.DEFAULTS).maxCachingMinutes()));
      case AgentRequest.ADD_SESSION_LISTENER -> {
        String url = request.url();
        yield url == null
            ? refused(request, "The request names no URL.")
            : directory
                .sessionListeners()
                .registerListener(session, Secret.of(sessionId), url)
                .map(registered -> AgentXml.done(request));
      }
      default -> refused(request, "The request " + request.kind() + " is not served.");
    };
  }

  private static Future<AgentXml.Response> refused(AgentRequest request, String reason) {
    return Future.succeededFuture(AgentXml.refused(request, reason));
  }

  private static Future<AgentXml.Response> told(AgentRequest request, Throwable failure) {
    return failure instanceof CurfewException known
            && known.code().category() != ErrorCode.Category.UNAVAILABLE
            && known.code().category() != ErrorCode.Category.INTERNAL
        ? refused(request, known.getMessage())
        : Future.failedFuture(failure);
  }
}
