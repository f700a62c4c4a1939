package dev.curfew.client;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A path with the parameters that narrow down what it lists. */
public final class ListQuery {
  private final StringBuilder target;
  private boolean first = true;

  public ListQuery(String path) {
    this.target = new StringBuilder(path);
  }

  /** Adds a parameter, unless it has no value. */
  public ListQuery with(String name, @Nullable Object value) {
    if (value != null) {
      target.append(first ? '?' : '&').append(name).append('=').append(encoded(value.toString()));
      first = false;
    }
    return this;
  }

  /** The path with its query. */
  @Override
  public String toString() {
    return target.toString();
  }

  /** The objects of a page. */
  public static List<JsonObject> items(JsonObject page) {
    return objects(page.getJsonArray("items", new JsonArray()));
  }

  public static List<JsonObject> objects(JsonArray array) {
    List<JsonObject> objects = new ArrayList<>();
    for (int i = 0; i < array.size(); i++) {
      objects.add(array.getJsonObject(i));
    }
    return objects;
  }

  /** A text as a part of a path or a query. */
  public static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }
}
