package dev.curfew.api.admin;

import dev.curfew.api.Fields;
import dev.curfew.config.Secret;
import dev.curfew.directory.NewSettings;
import dev.curfew.realm.ResourceSettings;
import io.vertx.core.json.JsonObject;
import java.net.URI;
import org.jspecify.annotations.Nullable;

/** Settings of resources on the wire. A secret goes in and never comes out. */
final class ResourceSettingsJson {
  private static final int LONGEST_URL = 2_048;
  private static final String ALL_PROTOCOLS = "-1";

  private ResourceSettingsJson() {}

  static NewSettings read(Fields settings) {
    return new NewSettings(
        settings.optionalText("applyUrl", LONGEST_URL),
        settings.optionalText("removeUrl", LONGEST_URL),
        secret(settings, "secret"),
        settings.optionalText("groupId", 64),
        settings.optionalText("region", 64),
        settings.optionalText("protocol", 16),
        port(settings, "port"),
        port(settings, "fromPort"),
        port(settings, "toPort"),
        settings.optionalText("accessKeyId", 128),
        secret(settings, "secretAccessKey"),
        settings.optionalText("endpoint", LONGEST_URL));
  }

  private static @Nullable Secret secret(Fields settings, String field) {
    String text = settings.optionalText(field);
    return text == null ? null : Secret.of(text);
  }

  private static @Nullable Integer port(Fields settings, String field) {
    Long port = settings.optionalInteger(field, 0, 65_535);
    return port == null ? null : port.intValue();
  }

  static JsonObject write(ResourceSettings settings) {
    if (settings instanceof ResourceSettings.Webhook webhook) {
      return new JsonObject()
          .put("applyUrl", webhook.applyUrl().toString())
          .put("removeUrl", webhook.removeUrl().toString())
          .put("secretSet", webhook.signed());
    }
    if (settings instanceof ResourceSettings.SecurityGroup group) {
      boolean all = group.protocol().equals(ALL_PROTOCOLS);
      URI endpoint = group.endpoint();
      return new JsonObject()
          .put("groupId", group.groupId())
          .put("region", group.region())
          .put("protocol", all ? "all" : group.protocol())
          .put("fromPort", all ? null : group.fromPort())
          .put("toPort", all ? null : group.toPort())
          .put("accessKeyId", group.accessKeyId())
          .put("secretAccessKeySet", group.accessKeyId() != null)
          .put("endpoint", endpoint == null ? null : endpoint.toString());
    }
    return new JsonObject();
  }
}
