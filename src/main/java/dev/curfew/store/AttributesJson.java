package dev.curfew.store;

import dev.curfew.realm.SessionAttributes;
import io.vertx.core.json.JsonObject;
import org.jspecify.annotations.Nullable;

/** A session's attributes as the JSON that is stored; what does not apply is left out. */
public final class AttributesJson {
  private AttributesJson() {}

  public static String write(SessionAttributes attributes) {
    JsonObject json = new JsonObject();
    put(json, "jumpItemId", attributes.jumpItemId());
    put(json, "jumpItemType", attributes.jumpItemType());
    put(json, "deviceId", attributes.deviceId());
    put(json, "deviceName", attributes.deviceName());
    put(json, "resourceId", attributes.resourceId());
    put(json, "resourceName", attributes.resourceName());
    return json.encode();
  }

  private static void put(JsonObject json, String name, @Nullable Object value) {
    if (value != null) {
      json.put(name, value);
    }
  }

  static SessionAttributes read(JsonObject json) {
    return json.isEmpty()
        ? SessionAttributes.NONE
        : new SessionAttributes(
            json.getLong("jumpItemId"),
            json.getString("jumpItemType"),
            json.getString("deviceId"),
            json.getString("deviceName"),
            json.getString("resourceId"),
            json.getString("resourceName"));
  }
}
