/**
 * Speaking to a node over its public API, as a gateway and an entitlement service would: a small
 * HTTP client, the alerts of the WebSocket, the playing of a captured session, and the live view
 * that a person watches. Knows nothing of the node's inside.
 *
 * <p>What happens when things fail: whatever the node refuses, and whatever does not answer in
 * time, is an {@link dev.curfew.client.ApiFailure} with one line that says so.
 */
@NullMarked
package dev.curfew.client;

import org.jspecify.annotations.NullMarked;
