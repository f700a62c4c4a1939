package dev.curfew.directory;

import dev.curfew.realm.Sudo;
import org.jspecify.annotations.Nullable;

/**
 * What to change of a grant; a null leaves what is there.
 *
 * @param expiresAt epoch milliseconds, not before the present deadline
 */
public record GrantChange(
    @Nullable Long expiresAt, @Nullable String remarks, @Nullable Sudo sudo) {}
