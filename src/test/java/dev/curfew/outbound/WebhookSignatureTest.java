package dev.curfew.outbound;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.standardwebhooks.Webhook;
import com.standardwebhooks.exceptions.WebhookVerificationException;
import dev.curfew.config.Secret;
import dev.curfew.fault.CurfewException;
import io.vertx.core.buffer.Buffer;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Signatures by the published example, and as the public library verifies them. */
class WebhookSignatureTest {
  private static final WebhookSecret SECRET = secret("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw");

  private static WebhookSecret secret(String text) {
    return WebhookSecret.parse("secret", Secret.of(text));
  }

  @Test
  void headers_ofThePublishedExample_areItsSignature() {
    Map<String, String> headers =
        WebhookSignature.headers(
            "msg_p5jXN8AQM9LWM0D4loKWxJek",
            1_614_265_330,
            Buffer.buffer("{\"test\": 2432232314}"),
            List.of(SECRET));

    assertThat(headers)
        .containsExactlyInAnyOrderEntriesOf(
            Map.of(
                "webhook-id", "msg_p5jXN8AQM9LWM0D4loKWxJek",
                "webhook-timestamp", "1614265330",
                "webhook-signature", "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="));
  }

  @Test
  void headers_duringRotation_areVerifiedUnderBothSecrets() throws Exception {
    WebhookSecret next = WebhookSecret.generate();
    Buffer body = Buffer.buffer("{\"name\":\"Zoë\"}");

    Map<String, String> headers =
        WebhookSignature.headers(
            "m1", System.currentTimeMillis() / 1000, body, List.of(next, SECRET));

    assertThat(headers.get("webhook-signature").split(" ")).hasSize(2);
    for (WebhookSecret secret : List.of(next, SECRET)) {
      new Webhook(secret.text().reveal()).verify(body.toString(), asLists(headers));
    }
    assertThatThrownBy(
            () ->
                new Webhook(WebhookSecret.generate().text().reveal())
                    .verify(body.toString(), asLists(headers)))
        .isInstanceOf(WebhookVerificationException.class);
  }

  private static HashMap<String, List<String>> asLists(Map<String, String> headers) {
    HashMap<String, List<String>> lists = new HashMap<>();
    headers.forEach((name, value) -> lists.put(name, List.of(value)));
    return lists;
  }

  @Test
  void headers_withoutSecret_areNotSigned() {
    assertThat(WebhookSignature.headers("m1", 5, Buffer.buffer("{}"), List.of()))
        .containsOnlyKeys("webhook-id", "webhook-timestamp");
  }

  @Test
  void secret_generated_isOneThatIsTaken() {
    WebhookSecret made = WebhookSecret.generate();

    assertThat(secret(made.text().reveal()).text()).isEqualTo(made.text());
    assertThat(made.toString()).doesNotContain(made.text().reveal());
  }

  @ParameterizedTest
  @ValueSource(ints = {24, 32, 64})
  void secret_ofAllowedLength_isTaken(int bytes) {
    assertThat(secret("whsec_" + Base64.getEncoder().encodeToString(new byte[bytes]))).isNotNull();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "whsec_",
        "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
        "whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAA==",
        "whsec_not base64 at all, not at all",
        "whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="
      })
  void secret_ofAnotherShape_isRefusedWithoutBeingShown(String text) {
    assertThatThrownBy(() -> secret(text))
        .isInstanceOfSatisfying(
            CurfewException.class,
            refusal -> {
              assertThat(refusal.field()).isEqualTo("secret");
              assertThat(refusal.getMessage())
                  .isEqualTo("secret must be whsec_ and base64 of 24 to 64 bytes");
            });
  }
}
