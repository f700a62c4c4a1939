package dev.curfew.bus;

import java.util.UUID;

/** A session is past its deadline or still ending: whoever owns its shard is to look at it. */
public record SessionOverlooked(UUID sessionId) {}
