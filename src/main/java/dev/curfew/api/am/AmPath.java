package dev.curfew.api.am;

import io.netty.handler.codec.http.QueryStringDecoder;
import org.jspecify.annotations.Nullable;

/**
 * A path of the dialect, taken apart: {@code [/openam|/am]/json[/realms/root[/realms/{name}]...]
 * /{resource}[/{rest}]}, or {@code [/openam|/am]/sessionservice}; a slash may follow. Made for the
 * path of every request: no patterns, and no copies but of the parts.
 *
 * @param context the prefix, without a slash at its end; may be empty
 * @param realm as clients write it: {@code /} for the root, else {@code /name}
 * @param realmNamed whether the path names a realm
 * @param resource first part behind the realm
 * @param rest what follows it, percent-decoded, without slashes around; may be empty
 */
record AmPath(String context, String realm, boolean realmNamed, String resource, String rest) {
  static final String ROOT = "/";
  static final String SESSION_SERVICE = "sessionservice";
  private static final String[] CONTEXTS = {"", "/openam", "/am"};
  private static final String JSON = "/json/";
  private static final String REALMS = "realms/";
  private static final String ROOT_REALM = "realms/root/";

  /** Null for a path of something else. */
  static @Nullable AmPath of(@Nullable String path) {
    if (path == null) {
      return null;
    }
    for (String context : CONTEXTS) {
      if (path.startsWith(context)) {
        int at = context.length();
        if (path.startsWith(JSON, at)) {
          return json(context, path, at + JSON.length());
        }
        if (path.startsWith(SESSION_SERVICE, at + 1)
            && path.charAt(at) == '/'
            && withoutSlash(path) == at + 1 + SESSION_SERVICE.length()) {
          return new AmPath(context, ROOT, false, SESSION_SERVICE, "");
        }
      }
    }
    return null;
  }

  private static AmPath json(String context, String path, int begin) {
    int end = Math.max(begin, withoutSlash(path));
    int at = begin;
    String realm = ROOT;
    boolean named = false;
    if (path.startsWith(ROOT_REALM, at)) {
      at += ROOT_REALM.length();
      named = true;
    }
    while (path.startsWith(REALMS, at)) {
      int slash = path.indexOf('/', at + REALMS.length());
      int stop = slash < 0 ? end : slash;
      String name = decoded(path.substring(Math.min(at + REALMS.length(), stop), stop));
      realm = realm.equals(ROOT) ? ROOT + name : realm + '/' + name;
      named = true;
      at = Math.min(stop + 1, end);
    }
    int slash = path.indexOf('/', at);
    if (slash < 0 || slash >= end) {
      return new AmPath(context, realm, named, path.substring(Math.min(at, end), end), "");
    }
    return new AmPath(
        context, realm, named, path.substring(at, slash), decoded(path.substring(slash + 1, end)));
  }

  private static int withoutSlash(String path) {
    return path.endsWith("/") ? path.length() - 1 : path.length();
  }

  private static String decoded(String text) {
    return text.indexOf('%') < 0 ? text : percentDecoded(text);
  }

  private static String percentDecoded(String text) {
    try {
      // In a path a plus is a plus.
      return QueryStringDecoder.decodeComponent(text.replace("+", "%2B"));
    } catch (IllegalArgumentException malformed) {
      return text;
    }
  }
}
