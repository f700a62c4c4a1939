package dev.curfew.api.events;

import dev.curfew.api.Answer;
import dev.curfew.api.Exchange;
import dev.curfew.directory.PageRequest;
import dev.curfew.realm.Page;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.function.Function;

/** Lists as this dialect shows them. */
final class Pages {
  private Pages() {}

  static PageRequest request(Exchange exchange) {
    return new PageRequest(exchange.limit(), exchange.query("after"));
  }

  static <T> Answer answer(Page<T> page, Function<T, JsonObject> json) {
    JsonArray items = new JsonArray();
    page.items().forEach(item -> items.add(json.apply(item)));
    return Answer.ok(new JsonObject().put("items", items).put("next", page.next()));
  }
}
