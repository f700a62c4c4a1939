package dev.curfew.contract;

import java.util.List;
import java.util.Locale;

/** The four documents, each holding the exchanges that are its own. */
final class Dialects {
  private static final List<String> ACCESS =
      List.of("/api/v1/sessions", "/api/v1/api-keys", "/api/v1/auth", "/.well-known/jwks");

  final OpenApiContract access = OpenApiContract.of("access");
  final OpenApiContract admin = OpenApiContract.of("admin");
  final OpenApiContract psm = OpenApiContract.of("psm");
  final OpenApiContract pra = OpenApiContract.of("pra");

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
    return admin;
  }
}
