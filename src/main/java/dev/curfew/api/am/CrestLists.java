package dev.curfew.api.am;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;

/** The envelope of query results. */
final class CrestLists {
  private CrestLists() {}

  /** A whole result, which is not counted beyond what is there. */
  static JsonObject of(JsonArray result) {
    return new JsonObject()
        .put("result", result)
        .put("resultCount", result.size())
        .putNull("pagedResultsCookie")
        .put("totalPagedResultsPolicy", "NONE")
        .put("totalPagedResults", -1)
        .put("remainingPagedResults", -1);
  }
}
