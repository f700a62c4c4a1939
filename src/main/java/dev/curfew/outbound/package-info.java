/**
 * How Curfew calls out to addresses that its customers configure: webhooks, and the providers of
 * resource rules. {@link dev.curfew.outbound.TargetGuard} decides where a call may go, {@link
 * dev.curfew.outbound.OutboundClient} makes it, {@link dev.curfew.outbound.WebhookSignature} signs
 * it as Standard Webhooks does. May use {@code config} and {@code fault}.
 *
 * <p>A customer's URL must not become a way into the network that Curfew runs in. So the name is
 * resolved for every call, every address it has is checked, and the connection goes to an address
 * that was checked: a name that resolves differently a moment later changes nothing. Redirects are
 * never followed.
 *
 * <p>What happens when things fail: a target that may not be called, and one that cannot be reached
 * or does not answer in time, is a failed future; an answer of any status is an answer.
 */
@NullMarked
package dev.curfew.outbound;

import org.jspecify.annotations.NullMarked;
