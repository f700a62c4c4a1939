package dev.curfew.directory;

import dev.curfew.auth.SealedSecret;
import dev.curfew.auth.SecretBox;
import dev.curfew.config.Secret;
import dev.curfew.fault.CurfewException;
import dev.curfew.realm.EndNotification;
import dev.curfew.realm.TokenView;
import dev.curfew.store.DueDelivery;
import dev.curfew.store.ListenerStore;
import io.vertx.core.Future;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.Locale;
import java.util.Set;

/**
 * Who wants to be told when a token session ends. A session's end turns its listeners into
 * deliveries in the same transaction, whatever ended it; each is delivered at least once.
 */
public final class SessionListeners {
  /** The kind of the lanes by which listeners are told. */
  public static final String LANES = ListenerStore.LANES;

  private static final int LONGEST_URL = 2_048;

  /** More listeners than this a session cannot have. */
  private static final int MOST = 50;

  private static final Set<String> SCHEMES = Set.of("http", "https");

  private final ListenerStore store;
  private final SecretBox secrets;

  SessionListeners(ListenerStore store, SecretBox secrets) {
    this.store = store;
    this.secrets = secrets;
  }

  /**
   * Has a URL told when the session ends, for whatever reason. Registering it again changes
   * nothing.
   *
   * @param token the session's own, which is what the listener knows it by; kept encrypted
   * @param url absolute, http or https
   * @return fails with INVALID_FIELD, NOT_FOUND when the session is over
   */
  public Future<Void> registerListener(TokenView session, Secret token, String url) {
    SealedSecret sealed = secrets.seal(token, SecretPlaces.sessionToken(session.id()));
    return store
        .register(session.id(), checked(url), sealed, MOST)
        .map(
            registration ->
                switch (registration) {
                  case DONE -> null;
                  case TOO_MANY ->
                      throw CurfewException.invalid("url", "must be one of at most " + MOST);
                  case NOT_LIVE -> throw CurfewException.notFound("Session");
                });
  }

  private static String checked(String url) {
    String text = FieldRules.name("url", url, LONGEST_URL);
    try {
      URI uri = new URI(text);
      String scheme = uri.getScheme();
      if (scheme != null
          && SCHEMES.contains(scheme.toLowerCase(Locale.ROOT))
          && uri.getHost() != null) {
        return text;
      }
    } catch (URISyntaxException notAUri) {
      throw notAnAddress();
    }
    throw notAnAddress();
  }

  private static CurfewException notAnAddress() {
    return CurfewException.invalid("url", "must be an absolute http or https URL");
  }

  /** What a delivery of a lane of {@link #LANES} tells. */
  public EndNotification notification(DueDelivery due) {
    ListenerStore.Notification told = ListenerStore.notification(due);
    return new EndNotification(
        told.id(),
        told.sessionId(),
        secrets.unseal(told.sealed(), SecretPlaces.sessionToken(told.sessionId())),
        told.url(),
        told.reason(),
        told.endedAt());
  }
}
