package dev.curfew.simulation;

import dev.curfew.session.EndReason;
import dev.curfew.session.SessionState;
import dev.curfew.session.SessionView;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** What became of one session, by commits and acknowledgements. */
final class Story {
  /** A state that was committed, if only in passing to the next one of the same batch. */
  record State(
      SessionState state,
      @Nullable EndReason reason,
      long expiresAt,
      int generation,
      @Nullable String owner) {
    static State of(SessionView view) {
      return new State(
          view.state(), view.reason(), view.expiresAt(), view.generation(), view.owner());
    }
  }

  /** One that was told, by the generation of the deadline. */
  record Warning(int generation, long threshold) {}

  final UUID id;
  final List<State> states = new ArrayList<>();

  /** When idle time and silence begin to count: the start, or the first use. */
  long inUseSince;

  /** The latest activity and sign of life that any node was told of, acknowledged or not. */
  long latestAccess;

  long latestReport;

  /** The latest command of any kind, or the start that it asked for. */
  long latestAsk;

  /** The latest command that may begin the use of a session, or the start that it asked for. */
  long latestStart;

  /** When a node last took the session up after the others, and so gave it time anew. */
  long latestAdoption;

  final Set<Warning> warnings = new HashSet<>();

  int recordings;

  /** Commands that a kernel took and has not refused. */
  int extensionsAsked;

  int revokesAsked;
  int stopsAsked;

  int extensionsCommitted;
  final Set<Integer> extensionsAcknowledged = new HashSet<>();

  Story(UUID id) {
    this.id = id;
  }

  /** No activity can be later: only what is listed here moves it, and reading never does. */
  long latestPossibleAccess() {
    return Math.max(Math.max(latestAccess, latestStart), Math.max(inUseSince, latestAdoption));
  }

  void became(State state) {
    if (states.isEmpty() || !states.get(states.size() - 1).equals(state)) {
      states.add(state);
    }
  }

  /** Whether the session was in this state at, or at some time after, its state of that index. */
  boolean wasSince(int index, State state) {
    return states.subList(Math.max(0, index), states.size()).contains(state);
  }
}
