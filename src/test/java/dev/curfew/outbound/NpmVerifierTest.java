package dev.curfew.outbound;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Signatures as the public library for Node verifies them. Needs npm and its registry. */
@Tag("full")
class NpmVerifierTest {
  private static final String PACKAGE = "standardwebhooks@1.1.1";
  private static final String PROGRAM =
      """
      const { Webhook } = require('standardwebhooks');
      const cases = JSON.parse(require('fs').readFileSync(0, 'utf8'));
      const verified = cases.map(({ secret, headers, body }) => {
        try {
          new Webhook(secret).verify(body, headers);
          return true;
        } catch (refusal) {
          return false;
        }
      });
      console.log(JSON.stringify(verified));
      """;

  @Test
  void signatures_areVerifiedByTheLibraryForNode() throws Exception {
    Path directory =
        Files.createTempDirectory(Files.createDirectories(Path.of("target")), "npm-verifier-");
    run(directory, "", "npm", "install", "--no-audit", "--no-fund", "--silent", PACKAGE);
    Files.writeString(directory.resolve("verify.js"), PROGRAM);
    WebhookSecret secret = WebhookSecret.generate();
    WebhookSecret next = WebhookSecret.generate();
    long now = System.currentTimeMillis() / 1000;
    Buffer body = Buffer.buffer("{\"specversion\":\"1.0\",\"data\":{\"name\":\"Zoë ✓\"}}");
    Map<String, String> both = WebhookSignature.headers("evt_1", now, body, List.of(next, secret));
    JsonArray cases =
        new JsonArray()
            .add(one(secret, both, body.toString()))
            .add(one(next, both, body.toString()))
            .add(one(WebhookSecret.generate(), both, body.toString()))
            .add(one(secret, both, body + " "))
            .add(
                one(
                    secret,
                    WebhookSignature.headers("evt_1", now - 3_600, body, List.of(secret)),
                    body.toString()));

    String verified = run(directory, cases.encode(), "node", "verify.js");

    assertThat(new JsonArray(verified)).containsExactly(true, true, false, false, false);
  }

  private static JsonObject one(WebhookSecret secret, Map<String, String> headers, String body) {
    JsonObject named = new JsonObject();
    headers.forEach(named::put);
    return new JsonObject()
        .put("secret", secret.text().reveal())
        .put("headers", named)
        .put("body", body);
  }

  private static String run(Path directory, String input, String... command) throws Exception {
    Path output = directory.resolve("output.txt");
    Process process =
        new ProcessBuilder(command)
            .directory(directory.toFile())
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    try (var in = process.getOutputStream()) {
      in.write(input.getBytes(StandardCharsets.UTF_8));
    }
    assertThat(process.waitFor(2, TimeUnit.MINUTES)).isTrue();
    String said = Files.readString(output);
    assertThat(process.exitValue()).as(said).isZero();
    return said;
  }
}
