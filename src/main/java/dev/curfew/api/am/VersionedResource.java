package dev.curfew.api.am;

import dev.curfew.fault.CurfewException;
import dev.curfew.fault.ErrorCode;
import org.jspecify.annotations.Nullable;

/** The resources of the dialect with the versions in which they are served, ascending. */
enum VersionedResource {
  SESSIONS(
      new ApiVersion(1, 2),
      new ApiVersion(2, 0),
      new ApiVersion(2, 1),
      new ApiVersion(3, 0),
      new ApiVersion(3, 1),
      new ApiVersion(4, 0),
      new ApiVersion(5, 1)),
  AUTHENTICATE(new ApiVersion(1, 0), new ApiVersion(2, 0), new ApiVersion(2, 1)),
  SERVER_INFO(new ApiVersion(1, 0), new ApiVersion(1, 1)),
  SERVICES(new ApiVersion(1, 0));

  private final ApiVersion[] served;

  VersionedResource(ApiVersion... served) {
    this.served = served;
  }

  ApiVersion latest() {
    return served[served.length - 1];
  }

  /**
   * The version that serves a request: of the major version asked for, the latest, provided that it
   * is no older than what was asked for; without a header, the latest of all. So has the original
   * always routed.
   *
   * @param header the {@code Accept-API-Version} header
   * @throws CurfewException INVALID_FIELD for a malformed header, NOT_FOUND when no such version is
   *     served
   */
  ApiVersion matching(@Nullable String header) {
    ApiVersion requested = header == null ? null : ApiVersion.requested(header);
    if (requested == null) {
      return latest();
    }
    for (int i = served.length - 1; i >= 0; i--) {
      if (served[i].major() == requested.major() && served[i].minor() >= requested.minor()) {
        return served[i];
      }
    }
    throw CurfewException.of(
        ErrorCode.NOT_FOUND, ApiVersion.ACCEPT, "Resource version " + requested + " not found");
  }
}
