package dev.curfew.contract;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import org.jspecify.annotations.Nullable;

/** RFC 6901 pointers in URI fragment form, {@code #/components/schemas/Error}. */
final class JsonPointer {
  private JsonPointer() {}

  static String escape(String token) {
    return token.replace("~", "~0").replace("/", "~1");
  }

  /** What the pointer names, or null when there is nothing. */
  static @Nullable Object find(JsonObject root, String pointer) {
    if (!pointer.startsWith("#")) {
      return null;
    }
    Object value = root;
    String[] tokens = pointer.substring(1).split("/", -1);
    for (int i = 1; i < tokens.length; i++) {
      String token = tokens[i].replace("~1", "/").replace("~0", "~");
      if (value instanceof JsonObject object) {
        value = object.getValue(token);
      } else if (value instanceof JsonArray array && token.matches("[0-9]{1,9}")) {
        int index = Integer.parseInt(token);
        value = index < array.size() ? array.getValue(index) : null;
      } else {
        return null;
      }
    }
    return value;
  }
}
