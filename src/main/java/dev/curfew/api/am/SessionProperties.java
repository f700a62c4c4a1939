package dev.curfew.api.am;

import dev.curfew.api.Fields;
import dev.curfew.api.Gateway;
import dev.curfew.directory.SessionService;
import dev.curfew.directory.SessionTokens;
import dev.curfew.fault.CurfewException;
import dev.curfew.realm.Realm;
import dev.curfew.realm.SessionPropertyWhitelist;
import dev.curfew.realm.TokenView;
import dev.curfew.realm.User;
import io.vertx.core.Future;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The properties of sessions, as far as the realm's whitelist lets them be seen and changed from
 * outside. Those that a login sets say how somebody logged in; only an administrator changes them.
 */
final class SessionProperties {
  private static final int MOST = 200;
  private static final int LONGEST_NAME = 256;

  private final SessionTokens tokens;
  private final SessionService service;

  SessionProperties(Gateway gateway) {
    this.tokens = gateway.directory().sessionTokens();
    this.service = gateway.directory().sessionService();
  }

  /**
   * What a login leaves with its session.
   *
   * @param chain name of the login chain
   */
  static Map<String, String> ofLogin(
      User user, Realm realm, String address, String chain, String successUrl, long now) {
    Map<String, String> properties = new HashMap<>();
    properties.put("AuthLevel", "0");
    properties.put("AuthType", "DataStore");
    properties.put("authInstant", SessionJson.iso(now));
    properties.put("CharSet", "UTF-8");
    properties.put("clientType", "genericHTML");
    properties.put("Host", address);
    properties.put("HostName", address);
    properties.put("IndexType", "service");
    properties.put("Organization", RealmPaths.organisation(realm.name()));
    properties.put("Principal", RealmPaths.universalId(user.username(), user.realm()));
    properties.put("Principals", user.username());
    properties.put("Service", chain);
    properties.put("successURL", successUrl);
    properties.put(
        "sun.am.UniversalIdentifier", RealmPaths.universalId(user.username(), user.realm()));
    properties.put("UserId", user.username());
    properties.put("UserToken", user.username());
    return properties;
  }

  private static final Set<String> OF_LOGINS =
      Set.of(
          "AuthLevel",
          "AuthType",
          "authInstant",
          "CharSet",
          "clientType",
          "Host",
          "HostName",
          "IndexType",
          "Organization",
          "Principal",
          "Principals",
          "Service",
          "successURL",
          "sun.am.UniversalIdentifier",
          "UserId",
          "UserToken");

  /** The whitelist of the session's realm, in order of name. */
  Future<List<String>> names(TokenView session) {
    return service
        .findWhitelist(session.realmId())
        .map(
            found ->
                found.map(SessionPropertyWhitelist::names).orElse(List.of()).stream()
                    .sorted()
                    .toList());
  }

  /** All that the whitelist names; what is not set is empty. */
  Future<Map<String, String>> shown(TokenView session) {
    return names(session).compose(names -> valued(session, names));
  }

  /** These; fails with FORBIDDEN when the whitelist lacks one. */
  Future<Map<String, String>> shown(TokenView session, List<String> wanted) {
    return names(session)
        .compose(
            names -> {
              requireListed(names, wanted);
              return valued(session, wanted);
            });
  }

  private Future<Map<String, String>> valued(TokenView session, List<String> names) {
    if (names.isEmpty()) {
      return Future.succeededFuture(Map.of());
    }
    return tokens
        .properties(session.id())
        .map(
            properties -> {
              Map<String, String> valued = new LinkedHashMap<>();
              names.forEach(name -> valued.put(name, properties.getOrDefault(name, "")));
              return valued;
            });
  }

  /** Sets some; fails with FORBIDDEN when the whitelist lacks one. */
  Future<Void> set(TokenView caller, TokenView session, Map<String, String> changes) {
    return names(session)
        .compose(
            names -> {
              requireListed(names, changes.keySet());
              return store(caller, session, changes);
            });
  }

  /** Sets all of the whitelist; fails with FORBIDDEN unless the changes name exactly those. */
  Future<Map<String, String>> update(
      TokenView caller, TokenView session, Map<String, String> changes) {
    return names(session)
        .compose(
            names -> {
              if (!new HashSet<>(names).equals(changes.keySet())) {
                throw CrestErrors.forbidden();
              }
              return store(caller, session, changes).compose(stored -> valued(session, names));
            });
  }

  Future<Void> delete(TokenView caller, TokenView session, List<String> wanted) {
    return names(session)
        .compose(
            names -> {
              requireListed(names, wanted);
              if (!caller.administrator() && wanted.stream().anyMatch(OF_LOGINS::contains)) {
                throw CrestErrors.forbidden();
              }
              return tokens.deleteProperties(session.id(), wanted);
            });
  }

  /** What a login has set may be named with the value that it has, but not be given another. */
  private Future<Void> store(TokenView caller, TokenView session, Map<String, String> changes) {
    if (changes.isEmpty()) {
      return Future.succeededFuture();
    }
    if (caller.administrator() || changes.keySet().stream().noneMatch(OF_LOGINS::contains)) {
      return tokens.setProperties(session.id(), changes);
    }
    return tokens
        .properties(session.id())
        .compose(
            stored -> {
              changes.forEach(
                  (name, value) -> {
                    if (OF_LOGINS.contains(name) && !value.equals(stored.get(name))) {
                      throw CrestErrors.forbidden();
                    }
                  });
              return tokens.setProperties(session.id(), changes);
            });
  }

  private static void requireListed(List<String> names, Iterable<String> wanted) {
    for (String name : wanted) {
      if (!names.contains(name)) {
        throw CrestErrors.forbidden();
      }
    }
  }

  /** The names that a body asks for. */
  static List<String> wanted(Fields body) {
    return body.texts("properties", MOST);
  }

  /** The values that a body gives, but for the session's own token. */
  static Map<String, String> changes(AmCall call) {
    Map<String, String> changes = new LinkedHashMap<>();
    Fields body = call.exchange().body();
    for (String name : body.json().fieldNames()) {
      if (call.version().major() >= 3 && name.equals(AmCall.TOKEN_ID)) {
        continue;
      }
      if (name.length() > LONGEST_NAME || name.indexOf('\0') >= 0 || changes.size() == MOST) {
        throw CurfewException.invalid("body", "must have fewer and shorter names");
      }
      String value = body.optionalText(name);
      if (value == null) {
        throw CurfewException.invalid(name, "must be a string");
      }
      changes.put(name, value);
    }
    return changes;
  }
}
