package dev.curfew.store;

import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Whose a shard is, as its row says.
 *
 * @param member none when nobody owns it
 * @param node the name of the node that took it last; empty when none ever did
 * @param epoch how often it was taken
 */
public record ShardOwner(@Nullable UUID member, String node, long epoch) {}
