package dev.curfew.directory;

import dev.curfew.realm.ActiveSession;
import dev.curfew.realm.Page;

/**
 * Part of a list of active sessions.
 *
 * @param total how many there are in all
 */
public record ActiveSessionPage(Page<ActiveSession> page, long total) {}
