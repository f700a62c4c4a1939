package dev.curfew.cluster.trial;

/** A rule that was broken, and where. */
record Finding(Rule rule, String what) {

  /** What must hold. */
  enum Rule {
    /** A session passes from state to state as the states allow; what has ended stays as it is. */
    LEGAL_STATES,
    /** The beginning, each extension and the end have one event each, and nothing follows it. */
    ONE_EVENT_EACH,
    /** One warning for each threshold and generation, of the generation in force. */
    ONE_WARNING_EACH,
    /** Whoever has time left to be warned in is warned. */
    WARNED,
    /** No end and no warning before its time. */
    NEVER_EARLY,
    /** No session lives past its deadline, but for the time that the cluster was in trouble. */
    NEVER_LATE,
    /** What was acknowledged is there, as it was acknowledged. */
    ACKNOWLEDGED,
    /** Nothing is done more often than it was asked for, and nothing that nobody asked for. */
    ASKED_FOR,
    /** What an answer says of a session is so. */
    TRUE_ANSWERS
  }
}
