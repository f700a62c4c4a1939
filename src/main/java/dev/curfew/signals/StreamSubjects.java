package dev.curfew.signals;

import dev.curfew.auth.Principal;
import dev.curfew.directory.FieldRules;
import dev.curfew.fault.CurfewException;
import dev.curfew.realm.SignalStream;
import dev.curfew.store.SignalSubjectStore;
import dev.curfew.store.SignalSubjectStore.SubjectRow;
import io.vertx.core.Future;
import java.util.OptionalLong;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * About whom receivers want to hear. A stream begins with everybody of its realm ({@code
 * default_subjects} is {@code ALL}); a receiver removes users and sessions, and adds them again.
 * The narrowest of what it said decides, so a session can be wanted of a user who is not.
 *
 * <p>What counts is what the receiver has said by the time that an event is taken from the log.
 */
public final class StreamSubjects {
  /** Rows of one stream. */
  private static final int MOST = 10_000;

  private static final int LONGEST_EMAIL = 320;

  private final Streams streams;
  private final SignalSubjectStore store;
  private final String issuer;

  /**
   * @param issuer of the users' {@code iss_sub}
   */
  StreamSubjects(Streams streams, SignalSubjectStore store, String issuer) {
    this.streams = streams;
    this.store = store;
    this.issuer = issuer;
  }

  /**
   * The receiver wants to hear of a subject; of the stream itself it does anyway.
   *
   * @return fails with NOT_FOUND for a stream that is not the caller's, and for a subject that is
   *     nobody of its realm
   */
  public Future<Void> add(Principal by, UUID streamId, SubjectIdentifier subject) {
    return streams
        .get(by, streamId)
        .compose(
            stream ->
                subject.isStream(streamId) ? Future.succeededFuture() : put(stream, subject, true));
  }

  /**
   * The receiver does not want to hear of a subject any more.
   *
   * @return fails as {@link #add}, and with INVALID_FIELD for the stream itself
   */
  public Future<Void> remove(Principal by, UUID streamId, SubjectIdentifier subject) {
    return streams
        .get(by, streamId)
        .compose(
            stream -> {
              if (subject.isStream(streamId)) {
                throw CurfewException.invalid("subject", "must not be the stream itself");
              }
              return put(stream, subject, false);
            });
  }

  private Future<Void> put(SignalStream stream, SubjectIdentifier subject, boolean wanted) {
    return row(stream.realmId(), subject)
        .compose(row -> store.put(stream.id(), row, wanted, MOST))
        .map(
            put -> {
              if (!put) {
                throw CurfewException.invalid("subject", "must be one of at most " + MOST);
              }
              return null;
            });
  }

  private Future<SubjectRow> row(int realmId, SubjectIdentifier subject) {
    return user(realmId, subject.user())
        .compose(
            user ->
                session(realmId, subject.session()).map(session -> new SubjectRow(user, session)));
  }

  private Future<@Nullable Long> user(
      int realmId, SubjectIdentifier.@Nullable UserIdentifier identifier) {
    if (identifier == null) {
      return Future.succeededFuture(null);
    }
    return found(realmId, identifier)
        .map(
            found -> {
              if (found.isEmpty()) {
                throw unknown();
              }
              return found.getAsLong();
            });
  }

  private Future<OptionalLong> found(int realmId, SubjectIdentifier.UserIdentifier identifier) {
    if (identifier instanceof SubjectIdentifier.UserIdentifier.IssuerSubject ours) {
      UUID id = ours.issuer().equals(issuer) ? uuid(ours.subject()) : null;
      return id == null ? Future.succeededFuture(OptionalLong.empty()) : store.user(realmId, id);
    }
    String address = ((SubjectIdentifier.UserIdentifier.Email) identifier).address();
    return store.user(realmId, FieldRules.text("subject", address, LONGEST_EMAIL));
  }

  private Future<@Nullable UUID> session(int realmId, @Nullable String text) {
    if (text == null) {
      return Future.succeededFuture(null);
    }
    UUID id = uuid(text);
    if (id == null) {
      return Future.failedFuture(unknown());
    }
    return store
        .session(realmId, id)
        .map(
            found -> {
              if (!found) {
                throw unknown();
              }
              return id;
            });
  }

  private static @Nullable UUID uuid(String text) {
    try {
      return text.length() == 36 ? UUID.fromString(text) : null;
    } catch (IllegalArgumentException e) {
      return null;
    }
  }

  private static CurfewException unknown() {
    return CurfewException.notFound("The subject");
  }
}
