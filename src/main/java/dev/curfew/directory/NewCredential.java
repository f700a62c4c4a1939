package dev.curfew.directory;

import dev.curfew.config.Secret;

/** A credential to be stored. */
public record NewCredential(
    String name, String username, Secret password, boolean rotateOnCheckin) {}
