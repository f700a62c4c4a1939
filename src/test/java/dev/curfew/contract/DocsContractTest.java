package dev.curfew.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.curfew.TestNode;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The documents and the page that shows them. */
class DocsContractTest {
  private static final Pattern REFERENCE = Pattern.compile("(?:src|href)=\"([^\"]+)\"");
  private static TestNode node;
  private static Caller anybody;

  @BeforeAll
  static void start() {
    node = TestNode.start(Map.of());
    anybody = Caller.withoutCredential(node.url(), new Dialects());
  }

  @AfterAll
  static void stop() {
    node.close();
  }

  @Test
  void documents_areListedAndServedToAnybody() {
    JsonObject listed = anybody.get("/openapi").is(200).json();
    List<String> urls = new ArrayList<>();
    for (Object each : listed.getJsonArray("documents")) {
      urls.add(((JsonObject) each).getString("url"));
    }
    assertThat(urls).isNotEmpty().doesNotHaveDuplicates();
    for (String url : urls) {
      anybody.get(url).is(200);
    }
    anybody.get("/openapi/nothing.yaml").is(404);
    anybody.get("/openapi/..%2Flogback.yaml").is(404);
  }

  @Test
  void page_needsNothingFromElsewhere() throws Exception {
    HttpResponse<String> page = fetch("/docs");
    assertThat(page.headers().firstValue("Content-Security-Policy").orElseThrow())
        .contains("default-src 'none'", "script-src 'self'", "connect-src 'self'")
        .doesNotContain("http");
    List<String> references = new ArrayList<>();
    Matcher matcher = REFERENCE.matcher(page.body());
    while (matcher.find()) {
      references.add(matcher.group(1));
    }
    assertThat(references).hasSizeGreaterThan(3);
    for (String reference : references) {
      assertThat(reference).startsWith("/docs/");
      HttpResponse<String> part = fetch(reference);
      assertThat(part.statusCode()).as(reference).isEqualTo(200);
      assertThat(part.headers().firstValue("X-Content-Type-Options")).contains("nosniff");
      assertThat(part.body()).as(reference).isNotEmpty();
    }
  }

  /** Java's client asks for HTTP/2 first, which once damaged one answer in ten of this size. */
  @Test
  void largeAnswers_arriveWhole_whateverTheClientWouldRatherSpeak() throws Exception {
    String whole = fetch("/docs/swagger-ui.css").body();
    assertThat(whole.length()).isGreaterThan(100_000);
    for (int i = 0; i < 50; i++) {
      assertThat(fetch("/docs/swagger-ui.css").body()).hasSameSizeAs(whole).isEqualTo(whole);
    }
  }

  private static HttpResponse<String> fetch(String path) throws IOException, InterruptedException {
    return HttpClient.newHttpClient()
        .send(
            HttpRequest.newBuilder(URI.create(node.url() + path)).build(),
            HttpResponse.BodyHandlers.ofString());
  }
}
