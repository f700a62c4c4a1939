package dev.curfew.contract;

import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The documents, each holding the exchanges that are its own. */
final class Dialects {
  private static final Pattern AM =
      Pattern.compile(
          "(?:/openam|/am)?(/json|/sessionservice)(?:/realms/root(?:/realms/[^/]+)*)?(/.+?)?/?");
  private static final List<String> ACCESS =
      List.of("/api/v1/sessions", "/api/v1/api-keys", "/api/v1/auth", "/.well-known/jwks");

  final OpenApiContract access = OpenApiContract.of("access");
  final OpenApiContract admin = OpenApiContract.of("admin");
  final OpenApiContract am = OpenApiContract.of("am");
  final OpenApiContract console = OpenApiContract.of("console");
  final OpenApiContract events = OpenApiContract.of("events");
  final OpenApiContract psm = OpenApiContract.of("psm");
  final OpenApiContract pra = OpenApiContract.of("pra");

  /** The path in the form in which the documents have it: AM's has many. */
  static String documented(String path) {
    Matcher am = AM.matcher(path);
    return am.matches() ? am.group(1) + (am.group(2) == null ? "" : am.group(2)) : path;
  }

  /** The document that a path belongs to. */
  OpenApiContract of(String path) {
    String lower = path.toLowerCase(Locale.ROOT);
    if (lower.startsWith("/api/services/v1/secureaccessgateway")) {
      return psm;
    }
    if (lower.startsWith("/api/config/v1") || lower.startsWith("/oauth2")) {
      return pra;
    }
    if (ACCESS.stream().anyMatch(lower::startsWith)) {
      return access;
    }
    if (lower.startsWith("/json") || lower.startsWith("/sessionservice")) {
      return am;
    }
    if (lower.startsWith("/api/v1/subscriptions")) {
      return events;
    }
    if (lower.startsWith("/api/v1/admin/active-sessions")
        || lower.startsWith("/api/v1/admin/device-sessions")
        || lower.startsWith("/api/v1/admin/timed-access")
        || lower.startsWith("/api/v2/")) {
      return console;
    }
    return admin;
  }
}
