package dev.curfew.contract;

import java.util.Locale;

/** The documents, each holding the exchanges that are its own. */
final class Dialects {
  final OpenApiContract access = OpenApiContract.of("access");
  final OpenApiContract admin = OpenApiContract.of("admin");
  final OpenApiContract console = OpenApiContract.of("console");
  final OpenApiContract psm = OpenApiContract.of("psm");
  final OpenApiContract pra = OpenApiContract.of("pra");

  /** The document that a path belongs to. */
  OpenApiContract of(String path) {
    String lower = path.toLowerCase(Locale.ROOT);
    if (lower.startsWith("/api/services/v1/secureaccessgateway")) {
      return psm;
    }
    if (lower.startsWith("/api/config/v1")) {
      return pra;
    }
    if (lower.startsWith("/api/v1/sessions") || lower.startsWith("/api/v1/api-keys")) {
      return access;
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
