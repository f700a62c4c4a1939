package dev.curfew.store;

import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * An event as the log holds it.
 *
 * @param type its wire name; a newer node may write types that this one does not know
 * @param sessionId null for what happened outside sessions
 * @param userId numeric id of the user it is about; null for none
 * @param at when it was decided, in epoch milliseconds of the cluster clock
 * @param data a JSON object
 */
public record LoggedEvent(
    EventCursor cursor,
    String type,
    int realmId,
    String realm,
    @Nullable UUID sessionId,
    @Nullable Long userId,
    long at,
    String data) {}
