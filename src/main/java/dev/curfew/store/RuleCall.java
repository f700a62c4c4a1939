package dev.curfew.store;

import dev.curfew.auth.SealedSecret;
import dev.curfew.realm.ResourceSettings;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * One call to a provider about one resource rule, for which nobody else calls meanwhile.
 *
 * @param fence tells this call's result from those of others
 * @param expiresAt when its session ends, as far as is known; 0 when there is no session
 * @param secret of the settings
 * @param providerRuleId what the provider calls the rule, as far as is known; to apply, what it
 *     calls the one that other sessions share
 * @param ours whether a rule like it that stands at the provider already is Curfew's own: another
 *     session shares it, or this rule has been applied before and the answer was lost
 * @param attempts removals that failed
 */
public record RuleCall(
    UUID ruleId,
    int fence,
    UUID sessionId,
    long expiresAt,
    UUID resourceId,
    String resourceName,
    ResourceSettings settings,
    @Nullable SealedSecret secret,
    int ipVersion,
    String ipAddress,
    @Nullable String providerRuleId,
    boolean ours,
    int attempts) {}
