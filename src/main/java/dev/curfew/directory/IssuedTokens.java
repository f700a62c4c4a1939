package dev.curfew.directory;

import dev.curfew.config.Secret;

/**
 * What somebody who has logged in gets.
 *
 * @param accessToken opens the API
 * @param refreshToken good for one exchange against the next two
 * @param expiresInSeconds life of the access token
 */
public record IssuedTokens(Secret accessToken, Secret refreshToken, long expiresInSeconds) {}
