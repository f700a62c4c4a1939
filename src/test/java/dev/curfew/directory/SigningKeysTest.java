package dev.curfew.directory;

import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import dev.curfew.auth.KeyRing;
import dev.curfew.auth.SecretBox;
import dev.curfew.auth.SigningKey;
import dev.curfew.store.SigningKeyStore;
import dev.curfew.testing.Await;
import dev.curfew.testing.DirectSql;
import dev.curfew.testing.TestStore;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class SigningKeysTest {
  private static final SecretBox SECRETS = SecretBox.of(new byte[32]);
  private static final Duration ROTATION = Duration.ofHours(8);
  private static final Duration LEAD = Duration.ofHours(2);
  private static final Duration VALID = Duration.ofMinutes(15);

  private TestStore store;
  private long now = 1_800_000_000_000L;

  @BeforeEach
  void open() throws Exception {
    store = TestStore.open();
  }

  @AfterEach
  void close() {
    store.close();
  }

  /** A node that has just started. */
  private SigningKeys node() {
    return new SigningKeys(
        store.vertx(), new SigningKeyStore(store.database()), SECRETS, () -> now, ROTATION, VALID);
  }

  private KeyRing ring() {
    return Await.result(node().ring());
  }

  private String signer(KeyRing ring) throws Exception {
    String token = ring.sign("test", new JWTClaimsSet.Builder().subject("x").build(), now);
    return SignedJWT.parse(token).getHeader().getKeyID();
  }

  private static List<String> ids(KeyRing ring) {
    return ring.keys().stream().map(SigningKey::id).toList();
  }

  @Test
  void firstKey_isTheSame_whenAllNodesNeedItAtOnce() {
    List<Future<KeyRing>> rings = Stream.generate(() -> node().ring()).limit(5).toList();
    Set<List<String>> seen = new HashSet<>();
    rings.forEach(ring -> seen.add(ids(Await.result(ring))));
    assertThat(seen).hasSize(1);
    assertThat(seen.iterator().next()).hasSize(1);
  }

  @Test
  void nextKey_isPublishedBeforeItSigns_andTheOldOneAsLongAsItsTokensLive() throws Exception {
    String first = signer(ring());
    now += ROTATION.minus(LEAD).toMillis() - 1;
    assertThat(ids(ring())).containsExactly(first);

    now += 1;
    KeyRing both = ring();
    assertThat(ids(both)).hasSize(2).startsWith(first);
    String second = ids(both).get(1);
    assertThat(signer(both)).isEqualTo(first);
    assertThat(new JsonObject(both.published()).encode()).contains(first, second);

    now += LEAD.toMillis();
    assertThat(signer(both)).as("without asking the database").isEqualTo(second);
    assertThat(ids(ring())).containsExactly(first, second);

    now += ROTATION.minus(LEAD).toMillis();
    assertThat(ids(ring())).as("the first is done with").hasSize(2).startsWith(second);
  }

  @Test
  void keyThatIsLate_isPublishedAllTheSameBeforeItSigns() throws Exception {
    String first = signer(ring());
    now += ROTATION.multipliedBy(5).toMillis();
    KeyRing late = ring();
    assertThat(ids(late)).hasSize(2);
    assertThat(signer(late)).isEqualTo(first);
  }

  @Test
  void keyOfAnotherNode_isFoundWhenATokenNamesIt() throws Exception {
    SigningKeys node = node();
    Await.result(node.ring());
    now += ROTATION.minus(LEAD).toMillis();
    String next = ids(ring()).get(1);
    Await.until(
        "the node looks again", () -> Await.result(node.ringWith(next)).withId(next) != null);
  }

  @Test
  void privateKey_isNeitherPublishedNorStoredInClear() throws Exception {
    KeyRing ring = ring();
    JsonObject published = new JsonObject(ring.published());
    assertThat(published.getJsonArray("keys").getJsonObject(0).fieldNames())
        .containsExactlyInAnyOrder("kty", "kid", "use", "alg", "n", "e");
    try (DirectSql sql = DirectSql.open(store.endpoint())) {
      assertThat(sql.value("SELECT encode(sealed, 'escape') FROM signing_key"))
          .doesNotContain("\"kty\"")
          .doesNotContain("\"d\"");
    }
    assertThat(ring.toString()).doesNotContain("\"d\"");
  }
}
