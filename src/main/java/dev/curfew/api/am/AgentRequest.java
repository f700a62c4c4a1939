package dev.curfew.api.am;

import org.jspecify.annotations.Nullable;

/**
 * One request of a policy agent's request set.
 *
 * @param reqid as the agent numbers it; repeated in the answer
 * @param requester the agent's own token; null when it shows none
 * @param kind name of the element that says what is wanted
 * @param sessionId the token of the session that is meant; null when none is named
 * @param url where the agent wants to be told; null when none is named
 * @param reset whether the agent says that the user was active
 */
record AgentRequest(
    String reqid,
    @Nullable String requester,
    String kind,
    @Nullable String sessionId,
    @Nullable String url,
    boolean reset) {
  static final String ADD_SESSION_LISTENER = "AddSessionListener";
  static final String GET_SESSION = "GetSession";
}
