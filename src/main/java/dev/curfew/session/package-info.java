/**
 * The rules of a session, pure: what states it has, which deadlines bound it, what may be asked of
 * it and what becomes known of it.
 *
 * <pre>
 *   APPROVED ---> ACTIVE ---> ENDING ---> ENDED
 *       \___________\_________________/
 * </pre>
 *
 * <p>APPROVED: granted, not yet in use. ACTIVE: in use. ENDING: over for the user; outside effects
 * (resource rules, the checked-out credential) are being undone; entered once, with its reason, and
 * left only to ENDED. A session without outside effects passes through ENDING and ENDED in one
 * transaction. ENDED is terminal.
 *
 * <p>Nothing here reads a clock: every function that depends on time takes {@code now}, in epoch
 * milliseconds of the cluster clock. Durations are milliseconds unless the name says otherwise.
 */
@NullMarked
package dev.curfew.session;

import org.jspecify.annotations.NullMarked;
