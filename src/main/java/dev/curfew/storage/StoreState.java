package dev.curfew.storage;

import dev.curfew.config.StoreKind;

/**
 * A store of this node as it was found when it was last tried.
 *
 * @param store what it is for: {@code raw} or {@code finished}
 * @param location the address of all that is in it: a URI
 * @param checkedAt in epoch milliseconds
 */
public record StoreState(
    String store, StoreKind kind, String location, Finding finding, long checkedAt) {}
