package dev.curfew.directory;

import com.github.benmanes.caffeine.cache.Caffeine;
import dev.curfew.auth.Authorisation;
import dev.curfew.auth.Principal;
import dev.curfew.fault.CurfewException;
import dev.curfew.realm.SessionDetail;
import dev.curfew.realm.User;
import dev.curfew.session.SessionKind;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentMap;
import org.jspecify.annotations.Nullable;

/**
 * The live jump sessions of a user, which consoles ask for again and again: remembered by the node
 * until one of them changes, and for a second at most.
 *
 * <p>What any node commits is forgotten before this one tells anybody of it, so whoever has been
 * told here sees it. Who has not been told sees what another node commits within that second.
 */
public final class JumpStatuses {
  /** How long is remembered what another node may have changed. */
  static final Duration LONGEST = Duration.ofSeconds(1);

  private static final int MOST_USERS = 100_000;

  /** A user and their live sessions, oldest first. */
  public record Status(User user, List<SessionDetail> sessions) {}

  /**
   * What is known of a user; told apart by identity, so that an answer that was read before a
   * change cannot take the place of what came after it.
   */
  private static final class Known {
    final @Nullable Future<Status> answer;

    Known(@Nullable Future<Status> answer) {
      this.answer = answer;
    }
  }

  private final Users users;
  private final SessionReads reads;
  private final ConcurrentMap<Long, Known> byUser =
      Caffeine.newBuilder()
          .maximumSize(MOST_USERS)
          .expireAfterWrite(LONGEST)
          .executor(Runnable::run)
          .<Long, Known>build()
          .asMap();

  JumpStatuses(Users users, SessionReads reads) {
    this.users = users;
    this.reads = reads;
  }

  /**
   * The status of a user by their numeric id.
   *
   * @return fails with NOT_FOUND for an unknown user, or one of a realm that the caller may not
   *     know of
   */
  public Future<Status> of(Principal by, long numericId) {
    Known known = byUser.get(numericId);
    Future<Status> answer = known == null ? null : known.answer;
    if (answer == null) {
      return read(by, numericId);
    }
    try {
      Authorisation.requireRealm(by, answer.result().user().realmId(), "User");
      return answer;
    } catch (CurfewException hidden) {
      return Future.failedFuture(hidden);
    }
  }

  private Future<Status> read(Principal by, long numericId) {
    Known reading = new Known(null);
    // One of those who read at the same time is remembered; were each to take the place of the one
    // before, none would ever be while many ask.
    byUser.putIfAbsent(numericId, reading);
    return users
        .ofNumericId(by, numericId)
        .compose(
            user ->
                reads
                    .liveOf(user.numericId(), Set.of(SessionKind.JUMP))
                    .map(sessions -> new Status(user, sessions)))
        .onSuccess(
            status -> byUser.replace(numericId, reading, new Known(Future.succeededFuture(status))))
        .onFailure(failure -> byUser.remove(numericId, reading));
  }

  /** A session of the user may have changed: to be called before anybody is told of it. */
  public void changed(SessionKind kind, long userId) {
    if (kind == SessionKind.JUMP) {
      changed(userId);
    }
  }

  /** As {@link #changed(SessionKind, long)}, of a session of whichever kind. */
  void changed(long userId) {
    byUser.remove(userId);
  }

  /** Users may have changed. */
  void forget() {
    byUser.clear();
  }
}
