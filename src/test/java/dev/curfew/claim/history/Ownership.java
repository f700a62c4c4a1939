package dev.curfew.claim.history;

import dev.curfew.claim.history.History.Change;
import dev.curfew.lease.Work;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A claim as the database knew it.
 *
 * @param claimed the change that began it
 * @param over the change that ended it; null when none did
 */
record Ownership(Change claimed, @Nullable Change over) {

  /** All of a recording, from its changes in order. */
  static List<Ownership> of(List<Change> changes) {
    List<Ownership> all = new ArrayList<>();
    for (int i = 0; i < changes.size(); i++) {
      if (changes.get(i).to().claimed()) {
        all.add(new Ownership(changes.get(i), i + 1 < changes.size() ? changes.get(i + 1) : null));
      }
    }
    return all;
  }

  Work work() {
    return Work.of(claimed.to());
  }

  long begin() {
    return claimed.at();
  }

  long end() {
    return over == null ? Long.MAX_VALUE : over.at();
  }
}
