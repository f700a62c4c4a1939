package dev.curfew.realm;

import dev.curfew.session.EndReason;
import dev.curfew.session.SessionState;
import org.jspecify.annotations.Nullable;

/**
 * One step of a session's history.
 *
 * @param from null where the session was created
 * @param by user name, process instance or part of the engine
 * @param remark the administrator's own words
 */
public record Transition(
    long at,
    @Nullable SessionState from,
    SessionState to,
    @Nullable EndReason reason,
    String by,
    @Nullable String remark) {}
