package dev.curfew.cluster.trial;

import dev.curfew.cluster.trial.SessionHistory.Change;
import dev.curfew.cluster.trial.SessionHistory.Event;
import dev.curfew.session.EventType;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What the database and the log say of one session, and who asked for what.
 *
 * @param changes in order, the first its creation
 * @param events in order
 * @param attempts of clients that concern it, except those that opened it
 */
record SessionAccount(List<Change> changes, List<Event> events, List<Attempt> attempts) {
  private static final Set<EventType> BEGIN_A_GENERATION =
      Set.of(EventType.SESSION_STARTED, EventType.SESSION_APPROVED, EventType.SESSION_EXTENDED);

  static SessionAccount empty() {
    return new SessionAccount(new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
  }

  Change created() {
    return changes.get(0);
  }

  Change last() {
    return changes.get(changes.size() - 1);
  }

  /** The change by which the user lost access; null while they have it. */
  @Nullable Change end() {
    return changes.stream().filter(change -> !change.to().live()).findFirst().orElse(null);
  }

  /** The beginning and each extension, as they were told. */
  List<Event> generations() {
    return events.stream().filter(event -> BEGIN_A_GENERATION.contains(event.type())).toList();
  }

  long count(EventType type) {
    return events.stream().filter(event -> event.type() == type).count();
  }
}
