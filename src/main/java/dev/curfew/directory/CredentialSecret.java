package dev.curfew.directory;

import dev.curfew.config.Secret;

/** What a gateway logs in with. */
public record CredentialSecret(String username, Secret password) {}
