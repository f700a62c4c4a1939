package dev.curfew.realm;

import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The user of something else, as far as that is shown. Deleted users keep their names here. */
public record UserReference(
    UUID id,
    int numericId,
    String username,
    @Nullable String email,
    @Nullable String displayName) {}
