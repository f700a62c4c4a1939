package dev.curfew.api.am;

import dev.curfew.api.Answer;
import dev.curfew.api.Exchange;
import dev.curfew.api.Gateway;
import dev.curfew.directory.SessionTokens;
import dev.curfew.fault.CurfewException;
import dev.curfew.realm.Realm;
import dev.curfew.realm.TokenView;
import io.vertx.core.Future;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** {@code GET .../sessions?_queryFilter=}: lists of live sessions, for administrators. */
final class QueryCalls {
  private static final int MOST = 120;
  private static final String USERNAME = "username";
  private static final String REALM = "realm";

  private final SessionTokens tokens;
  private final Callers callers;
  private final RealmPaths realms;

  QueryCalls(Gateway gateway, Callers callers, RealmPaths realms) {
    this.tokens = gateway.directory().sessionTokens();
    this.callers = callers;
    this.realms = realms;
  }

  /**
   * Which sessions are asked for.
   *
   * @param realm as a path
   * @param username null for all
   * @param contradictory whether no session can be so
   */
  private record Wanted(String realm, @Nullable String username, boolean contradictory) {}

  Future<Answer> query(Exchange exchange) {
    AmCall call = AmCall.of(exchange, VersionedResource.SESSIONS);
    String filter = exchange.query("_queryFilter");
    String id = exchange.query("_queryId");
    if (!call.path().rest().isEmpty() || (filter == null && id == null)) {
      return SessionCalls.notImplemented("Read is not implemented for this resource");
    }
    return callers
        .caller(call)
        .compose(
            caller -> {
              if (!caller.administrator()) {
                throw CrestErrors.forbidden();
              }
              int size = (int) exchange.queryInteger("_pageSize", MOST, 0, Integer.MAX_VALUE);
              Wanted wanted = filter == null ? byId(call, id) : byFilter(filter);
              return realms
                  .realm(wanted.realm())
                  .compose(
                      realm ->
                          callers
                              .requireAdministrator(caller, realm.id())
                              .compose(may -> find(wanted, realm, size)));
            })
        .map(found -> Answer.ok(list(found, fields(exchange))));
  }

  private static Wanted byId(AmCall call, @Nullable String id) {
    if (call.version().major() != 1 || !"all".equals(id)) {
      throw CurfewException.invalid("_queryId", "must be all, in version 1 of the resource");
    }
    return new Wanted(call.realm(), null, false);
  }

  private static Wanted byFilter(String text) {
    String realm = null;
    String username = null;
    boolean contradictory = false;
    for (QueryFilter.Comparison comparison : QueryFilter.parse(text).comparisons()) {
      boolean ofRealm = comparison.field().equals(REALM);
      if (!ofRealm && !comparison.field().equals(USERNAME)) {
        throw CrestErrors.badRequest(comparison.field() + " is not supported in query filter");
      }
      if (!comparison.operator().equals("eq")) {
        throw CrestErrors.badRequest(comparison.operator() + " is not supported in query filter");
      }
      String before = ofRealm ? realm : username;
      contradictory |= before != null && !before.equals(comparison.value());
      if (ofRealm) {
        realm = comparison.value();
      } else {
        username = comparison.value();
      }
    }
    if (realm == null) {
      throw CrestErrors.badRequest("The query filter must specify the realm");
    }
    return new Wanted(realm.startsWith("/") ? realm : "/" + realm, username, contradictory);
  }

  /** A page size of 0 is none, as the protocol has it. */
  private Future<List<TokenView>> find(Wanted wanted, Realm realm, int size) {
    return wanted.contradictory()
        ? Future.succeededFuture(List.of())
        : tokens.query(realm.id(), wanted.username(), size == 0 ? MOST : Math.min(size, MOST));
  }

  private static List<String> fields(Exchange exchange) {
    String parameter = exchange.query("_fields");
    List<String> fields = new ArrayList<>();
    for (String field : parameter == null ? new String[0] : parameter.split(",", -1)) {
      String name = field.strip();
      if (!name.isEmpty()) {
        fields.add(name.startsWith("/") ? name.substring(1) : name);
      }
    }
    return fields;
  }

  private static JsonObject list(List<TokenView> found, List<String> fields) {
    JsonArray result = new JsonArray();
    found.forEach(
        session -> result.add(SessionJson.only(SessionJson.infoWithHandle(session), fields)));
    return CrestLists.of(result);
  }
}
