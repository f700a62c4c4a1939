package dev.curfew.store;

import dev.curfew.realm.Resource;
import dev.curfew.realm.ResourceSettings;
import io.vertx.core.json.JsonObject;
import java.net.URI;
import org.jspecify.annotations.Nullable;

/** Settings of resources as they are stored; their secret lies in a column of its own. */
final class SettingsJson {
  private SettingsJson() {}

  static JsonObject write(ResourceSettings settings) {
    if (settings instanceof ResourceSettings.Webhook webhook) {
      return new JsonObject()
          .put("applyUrl", webhook.applyUrl().toString())
          .put("removeUrl", webhook.removeUrl().toString());
    }
    if (settings instanceof ResourceSettings.SecurityGroup group) {
      URI endpoint = group.endpoint();
      return new JsonObject()
          .put("groupId", group.groupId())
          .put("region", group.region())
          .put("protocol", group.protocol())
          .put("fromPort", group.fromPort())
          .put("toPort", group.toPort())
          .put("accessKeyId", group.accessKeyId())
          .put("endpoint", endpoint == null ? null : endpoint.toString());
    }
    return new JsonObject();
  }

  static ResourceSettings read(String provider, JsonObject json, boolean withSecret) {
    return switch (Resource.Provider.ofWireName(provider).orElseThrow()) {
      case NONE -> ResourceSettings.NONE;
      case WEBHOOK ->
          new ResourceSettings.Webhook(
              URI.create(json.getString("applyUrl")),
              URI.create(json.getString("removeUrl")),
              withSecret);
      case AWS_SECURITY_GROUP ->
          new ResourceSettings.SecurityGroup(
              json.getString("groupId"),
              json.getString("region"),
              json.getString("protocol"),
              json.getInteger("fromPort"),
              json.getInteger("toPort"),
              json.getString("accessKeyId"),
              uri(json.getString("endpoint")));
    };
  }

  private static @Nullable URI uri(@Nullable String text) {
    return text == null ? null : URI.create(text);
  }
}
