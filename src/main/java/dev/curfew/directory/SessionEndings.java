package dev.curfew.directory;

import dev.curfew.auth.SealedSecret;
import dev.curfew.auth.SecretBox;
import dev.curfew.bus.Bus;
import dev.curfew.grant.Grants;
import dev.curfew.session.Initiator;
import dev.curfew.store.CheckoutStore;
import dev.curfew.store.Database;
import io.vertx.core.Future;
import java.util.UUID;

/**
 * What ending a session must undo outside of it. The shard asks for it until it succeeds; whoever
 * else is in a hurry may ask, too.
 */
public final class SessionEndings {
  private final CheckoutStore checkouts;
  private final Grants grants;
  private final SecretBox secrets;
  private final Notices notices;

  public SessionEndings(Database database, SecretBox secrets, Bus bus, Grants grants) {
    this.checkouts = new CheckoutStore(database);
    this.grants = grants;
    this.secrets = secrets;
    this.notices = new Notices(bus);
  }

  /**
   * Closes the session's checkout, giving the credential a new secret where that is asked for, and
   * takes its resource rules away. Doing it again is harmless.
   *
   * @return fails with UNAVAILABLE while a rule may still hold at its provider
   */
  public Future<Void> undo(UUID sessionId) {
    return checkouts
        .close(sessionId, this::newSecret, Initiator.POLICY)
        .compose(closed -> grants.remove(sessionId, Initiator.POLICY))
        .onSuccess(undone -> notices.events());
  }

  /** The rules of the sessions whose ends these are. */
  Grants grants() {
    return grants;
  }

  private SealedSecret newSecret(int credentialId) {
    return secrets.seal(PasswordMaker.password(), SecretPlaces.credential(credentialId));
  }
}
