package dev.curfew.api.pra;

import dev.curfew.api.Answer;
import dev.curfew.api.Exchange;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.json.JsonArray;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A page as this dialect counts them: by {@code per_page} and {@code current_page} from 1, told in
 * headers.
 */
record NumberedPage(int perPage, long current) {
  static final Set<String> PARAMETERS = Set.of("per_page", "current_page");

  private static final int MOST = 100;
  private static final int LAST = 10_000_000;

  static NumberedPage of(Exchange exchange) {
    return new NumberedPage(
        (int) exchange.queryInteger("per_page", MOST, 1, MOST),
        exchange.queryInteger("current_page", 1, 1, LAST));
  }

  /** The page with its headers. */
  Answer answer(JsonArray items, long total, HttpServerRequest request) {
    long last = Math.max(1, (total + perPage - 1) / perPage);
    List<String> links = new ArrayList<>();
    links.add(link(request, 1, "first"));
    if (current > 1) {
      links.add(link(request, Math.min(current - 1, last), "previous"));
    }
    if (current < last) {
      links.add(link(request, current + 1, "next"));
    }
    links.add(link(request, last, "last"));
    return Answer.ok(items)
        .with("Link", String.join(", ", links))
        .with("X-BT-Pagination-Current-Page", Long.toString(current))
        .with("X-BT-Pagination-Per-Page", Integer.toString(perPage))
        .with("X-BT-Pagination-Last-Page", Long.toString(last))
        .with("X-BT-Pagination-Total", Long.toString(total));
  }

  private String link(HttpServerRequest request, long page, String rel) {
    StringBuilder target = new StringBuilder("<");
    if (request.authority() != null) {
      target.append(request.scheme()).append("://").append(request.authority());
    }
    target.append(request.path()).append('?');
    for (Map.Entry<String, String> parameter : request.params()) {
      boolean narrows =
          request.query() != null
              && !PARAMETERS.contains(parameter.getKey())
              && request.query().contains(parameter.getKey() + "=");
      if (narrows) {
        target
            .append(encoded(parameter.getKey()))
            .append('=')
            .append(encoded(parameter.getValue()))
            .append('&');
      }
    }
    return target
        .append("per_page=")
        .append(perPage)
        .append("&current_page=")
        .append(page)
        .append(">; rel=\"")
        .append(rel)
        .append('"')
        .toString();
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }
}
