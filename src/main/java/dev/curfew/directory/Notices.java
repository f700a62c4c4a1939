package dev.curfew.directory;

import dev.curfew.bus.Bus;
import dev.curfew.bus.CredentialsChanged;
import dev.curfew.bus.EventsCommitted;
import dev.curfew.bus.Routes;
import dev.curfew.bus.ThresholdsChanged;

/** Tells the other parts of the cluster that there is something new to look at. */
final class Notices {
  private final Bus bus;
  private final Runnable forgetHere;

  Notices(Bus bus) {
    this(bus, () -> {});
  }

  /**
   * @param forgetHere makes this node forget credentials, before the caller is answered
   */
  Notices(Bus bus, Runnable forgetHere) {
    this.bus = bus;
    this.forgetHere = forgetHere;
  }

  /** There are new events in the log. */
  void events() {
    bus.publish(Routes.EVENTS_COMMITTED, EventsCommitted.INSTANCE);
  }

  /** Sessions are to be warned at other thresholds; and there are new events. */
  void thresholds() {
    bus.publish(Routes.THRESHOLDS_CHANGED, ThresholdsChanged.INSTANCE);
    events();
  }

  /** Whoever remembers credentials must forget them; and there are new events. */
  void credentials() {
    forgetHere.run();
    bus.publish(Routes.CREDENTIALS_CHANGED, CredentialsChanged.INSTANCE);
    events();
  }
}
