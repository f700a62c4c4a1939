package dev.curfew.contract;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** What a node answered. */
record Reply(WireExchange exchange) {
  int status() {
    return exchange.status();
  }

  String text() {
    return exchange.responseBody().toString();
  }

  JsonObject json() {
    return exchange.responseBody().toJsonObject();
  }

  JsonArray array() {
    return exchange.responseBody().toJsonArray();
  }

  @Nullable String header(String name) {
    return exchange.responseHeaders().get(name);
  }

  /** The answer has this status. */
  Reply is(int status) {
    assertThat(status())
        .as("%s %s: %s", exchange.method(), exchange.path(), text())
        .isEqualTo(status);
    return this;
  }

  /** The answer is a refusal that names this field, wherever the dialect puts it. */
  Reply refuses(int status, String field) {
    is(status);
    assertThat(text()).as("the field at fault").contains(field);
    return this;
  }

  /** Nothing of the inside shows: no stack, no class, no statement. */
  Reply tellsNothingOfTheInside() {
    assertThat(text().toLowerCase(Locale.ROOT))
        .doesNotContain(
            "exception",
            "dev.curfew.api",
            "java.",
            "io.vertx",
            "select ",
            "insert ",
            "\tat ",
            "postgres");
    assertThat(status()).isNotEqualTo(500);
    return this;
  }
}
