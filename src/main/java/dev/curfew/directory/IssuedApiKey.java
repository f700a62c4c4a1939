package dev.curfew.directory;

import dev.curfew.config.Secret;
import dev.curfew.realm.ApiKey;

/**
 * A key that was just made.
 *
 * @param plainText the key itself, which is stored nowhere and cannot be had again
 */
public record IssuedApiKey(ApiKey key, Secret plainText) {}
