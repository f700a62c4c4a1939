package dev.curfew.directory;

import dev.curfew.config.Secret;
import dev.curfew.realm.TokenView;

/**
 * A session that was just opened.
 *
 * @param token what opens it, which is stored nowhere and cannot be had again
 */
public record IssuedToken(Secret token, TokenView session) {}
