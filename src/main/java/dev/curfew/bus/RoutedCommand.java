package dev.curfew.bus;

import dev.curfew.session.Command;

/**
 * A command on its way to the member that owns its session's shard.
 *
 * @param patience how long whoever asks will still wait: milliseconds
 */
public record RoutedCommand(Command command, long patience) {}
