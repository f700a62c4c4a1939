package dev.curfew.api.am;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.curfew.directory.Realms;
import dev.curfew.fault.CurfewException;
import dev.curfew.fault.ErrorCode;
import dev.curfew.realm.Realm;
import io.vertx.core.Future;

/**
 * Realms as this dialect writes them: the realm {@code root} is {@code /}, the realm {@code acme}
 * is {@code /acme}, and there is nothing below that. A realm is neither renamed nor taken away, so
 * one that was found stays known.
 */
final class RealmPaths {
  private static final int MOST_KNOWN = 10_000;
  private static final String BASE = "dc=openam,dc=forgerock,dc=org";

  private final Realms realms;
  private final Cache<String, Realm> known =
      Caffeine.newBuilder().maximumSize(MOST_KNOWN).executor(Runnable::run).build();

  RealmPaths(Realms realms) {
    this.realms = realms;
  }

  /**
   * @param path beginning with a slash
   * @return fails with NOT_FOUND
   */
  Future<Realm> realm(String path) {
    Realm remembered = known.getIfPresent(path);
    if (remembered != null) {
      return Future.succeededFuture(remembered);
    }
    String name = path.equals(AmPath.ROOT) ? Realm.ROOT : path.substring(1);
    boolean cannotBe = name.isEmpty() || name.indexOf('\0') >= 0 || !pathOf(name).equals(path);
    if (cannotBe) {
      return Future.failedFuture(notFound(path));
    }
    return realms
        .named(name)
        .map(
            found -> {
              Realm realm = found.orElseThrow(() -> notFound(path));
              known.put(path, realm);
              return realm;
            });
  }

  static String pathOf(String realmName) {
    return realmName.equals(Realm.ROOT) ? AmPath.ROOT : "/" + realmName;
  }

  /** The distinguished name that the original gives a realm. */
  static String organisation(String realmName) {
    return realmName.equals(Realm.ROOT) ? BASE : "o=" + realmName + ",ou=services," + BASE;
  }

  /** The distinguished name that the original gives a user. */
  static String universalId(String username, String realmName) {
    return "id=" + username + ",ou=user," + organisation(realmName);
  }

  private static CurfewException notFound(String path) {
    return CurfewException.of(ErrorCode.NOT_FOUND, "Realm \"" + path + "\" not found");
  }
}
