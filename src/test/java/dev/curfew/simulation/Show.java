package dev.curfew.simulation;

import dev.curfew.session.Batch;
import dev.curfew.session.Outcome;
import dev.curfew.session.SessionView;
import java.util.stream.Collectors;

/** Short forms for the trace, made only when it is read. */
final class Show {
  private Show() {}

  static Object batch(Batch batch) {
    return new Object() {
      @Override
      public String toString() {
        return "batch %d of epoch %d: %s"
            .formatted(
                batch.sequence(),
                batch.epoch(),
                batch.events().stream()
                        .map(
                            event ->
                                "%s %s at %d expires %d gen %d"
                                    .formatted(
                                        event.sessionId(),
                                        event.type(),
                                        event.at(),
                                        event.expiresAt(),
                                        event.generation()))
                        .collect(Collectors.joining("; "))
                    + " | "
                    + batch.changes().stream()
                        .map(change -> change.after().id() + " " + change.after().state())
                        .collect(Collectors.joining("; ")));
      }
    };
  }

  static Object outcome(Outcome outcome) {
    return new Object() {
      @Override
      public String toString() {
        if (outcome instanceof Outcome.Done done) {
          return (done.changed() ? "changed " : "is ") + view(done.session());
        }
        return String.valueOf(outcome);
      }
    };
  }

  private static String view(SessionView view) {
    return "%s %s expires %d gen %d owner %s access %d reported %d now %d"
        .formatted(
            view.state(),
            view.reason(),
            view.expiresAt(),
            view.generation(),
            view.owner(),
            view.lastAccess(),
            view.lastReported(),
            view.now());
  }
}
