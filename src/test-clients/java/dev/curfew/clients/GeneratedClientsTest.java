package dev.curfew.clients;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.curfew.TestNode;
import generated.access.model.ExtendRequest;
import generated.access.model.SessionResponse;
import generated.access.model.StartRequest;
import generated.pra.model.SessionStatus;
import generated.psm.model.OwnedSessionRequest;
import generated.psm.model.PollingRequest;
import java.net.URI;
import java.net.http.HttpRequest;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Clients that a generator made of the dialects' documents, without anything of this program, talk
 * to a node.
 */
class GeneratedClientsTest {
  private static final String PASSWORD = "correct horse battery staple";

  private static TestNode node;
  private static Consumer<HttpRequest.Builder> key;

  @BeforeAll
  static void start() {
    node = TestNode.start(Map.of("webhooks.allow-private-targets", "true"));
    key = request -> request.header("X-API-Key", node.adminKey());
  }

  @AfterAll
  static void stop() {
    node.close();
  }

  private static generated.access.ApiClient access() {
    generated.access.ApiClient client = new generated.access.ApiClient();
    client.updateBaseUri(node.url());
    return client.setRequestInterceptor(key);
  }

  private static generated.admin.ApiClient admin() {
    generated.admin.ApiClient client = new generated.admin.ApiClient();
    client.updateBaseUri(node.url());
    return client.setRequestInterceptor(key);
  }

  private static generated.psm.ApiClient psm() {
    generated.psm.ApiClient client = new generated.psm.ApiClient();
    client.updateBaseUri(node.url());
    return client.setRequestInterceptor(key);
  }

  private static generated.pra.ApiClient pra() {
    generated.pra.ApiClient client = new generated.pra.ApiClient();
    client.updateBaseUri(node.url());
    return client.setRequestInterceptor(key);
  }

  private static generated.admin.model.Session open(
      generated.admin.model.Kind kind) throws Exception {
    return new generated.admin.api.SessionsApi(admin())
        .createSession(
            new generated.admin.model.CreateSessionRequest()
                .kind(kind)
                .userId(new generated.admin.model.UserReference("admin"))
                .durationSeconds(600L));
  }

  @Test
  void accessClient_startsExtendsAndStopsASession() throws Exception {
    generated.access.api.SessionsApi sessions = new generated.access.api.SessionsApi(access());
    SessionResponse started = sessions.startSession(new StartRequest().durationHours(1));
    SessionResponse extended =
        sessions.extendSession(started.getId(), new ExtendRequest().additionalHours(2));
    assertThat(extended.getExpiresAt()).isEqualTo(started.getExpiresAt().plusHours(2));
    sessions.stopSession(started.getId());
    generated.access.ApiException refused =
        catchThrowableOfType(
            generated.access.ApiException.class, () -> sessions.stopSession(started.getId()));
    assertThat(refused.getCode()).isEqualTo(400);
  }

  @Test
  void psmClient_pollsAndEndsASession() throws Exception {
    UUID id = open(generated.admin.model.Kind.PSM).getId();
    generated.psm.api.LifecycleApi lifecycle = new generated.psm.api.LifecycleApi(psm());
    PollingRequest alive = new PollingRequest().session(id).processInstance("gw1");
    assertThat(lifecycle.polling(alive).getTerminateSession()).isFalse();
    lifecycle.endSession(new OwnedSessionRequest().session(id).processInstance("gw1"));
    assertThat(lifecycle.polling(alive).getTerminateSession()).isTrue();
  }

  @Test
  void praClient_readsWhatIsLeft() throws Exception {
    generated.admin.model.Session session =
        open(generated.admin.model.Kind.JUMP);
    List<SessionStatus> statuses =
        new generated.pra.api.JumpApprovalApi(pra()).getSessionStatus(1L);
    assertThat(statuses)
        .anySatisfy(
            status -> {
              assertThat(status.getId().longValue()).isEqualTo(session.getNumericId().longValue());
              assertThat(status.getEndTimestamp().longValue())
                  .isEqualTo(
                      status.getStartTimestamp().longValue() + status.getDuration().longValue());
            });
  }

  @Test
  void adminClient_revokesASession() throws Exception {
    UUID id = open(generated.admin.model.Kind.ACCESS).getId();
    generated.admin.api.SessionsApi sessions = new generated.admin.api.SessionsApi(admin());
    sessions.revokeSession(id, new generated.admin.model.RevokeSessionRequest().reason("seen enough"));
    assertThat(sessions.getSessionWithHistory(id).getEndReason()).isNotNull();
  }

  private static generated.am.ApiClient am() {
    generated.am.ApiClient client = new generated.am.ApiClient();
    client.updateBaseUri(node.url());
    return client;
  }

  private static generated.console.ApiClient console() {
    generated.console.ApiClient client = new generated.console.ApiClient();
    client.updateBaseUri(node.url());
    return client.setRequestInterceptor(key);
  }

  @Test
  void amClient_logsInValidatesAndLogsOut() throws Exception {
    new generated.admin.api.UsersApi(admin())
        .createUser(
            new generated.admin.model.CreateUserRequest().username("demo").password(PASSWORD));
    String token =
        new generated.am.api.AuthenticationApi(am())
            .authenticate(
                "demo", PASSWORD, null, null, null, null, null, null, new generated.am.model.LoginBody())
            .getLoggedIn()
            .getTokenId();
    generated.am.api.SessionsApi sessions =
        new generated.am.api.SessionsApi(
            am().setRequestInterceptor(request -> request.header("iPlanetDirectoryPro", token)));
    assertThat(act(sessions, "validate").getUid()).isEqualTo("demo");
    act(sessions, "logout");
    assertThat(act(sessions, "validate").getValid()).isFalse();
  }

  private static generated.am.model.ActionResult act(
      generated.am.api.SessionsApi sessions, String action) throws Exception {
    return sessions.actOnSessions(
        action, null, null, null, "resource=4.0", new generated.am.model.ActionBody());
  }

  @Test
  void consoleClient_grantsAndRevokesDeviceRights() throws Exception {
    UUID id =
        new generated.console.api.GrantsApi(console())
            .grantDeviceAdmin(
                new generated.console.model.DeviceGrant()
                    .userId(new generated.console.model.UserReference("admin"))
                    .deviceId("laptop-7")
                    .durationSeconds(600L))
            .getId();
    generated.console.api.ActiveSessionsApi sessions =
        new generated.console.api.ActiveSessionsApi(console());
    sessions.revokeActiveSession(id, new generated.console.model.Reason().reason("lost"));
    generated.console.ApiException refused =
        catchThrowableOfType(
            generated.console.ApiException.class,
            () ->
                sessions.revokeActiveSession(
                    UUID.randomUUID(), new generated.console.model.Reason()));
    assertThat(refused.getCode()).isEqualTo(404);
  }

  private static generated.ssf.ApiClient ssf() {
    generated.ssf.ApiClient client = new generated.ssf.ApiClient();
    client.updateBaseUri(node.url());
    return client.setRequestInterceptor(key);
  }

  @Test
  void ssfClient_makesAStreamPollsAndEndsIt() throws Exception {
    generated.ssf.api.StreamsApi streams = new generated.ssf.api.StreamsApi(ssf());
    String id =
        streams.createStream(new generated.ssf.model.NewStream().description("ends")).getStreamId();
    assertThat(streams.readStreams(id).toString()).contains("description=ends");
    assertThat(
            new generated.ssf.api.DeliveryApi(ssf())
                .pollStream(id, new generated.ssf.model.Poll().returnImmediately(true))
                .getSets())
        .isEmpty();
    streams.deleteStream(id);
    generated.ssf.ApiException refused =
        catchThrowableOfType(
            generated.ssf.ApiException.class, () -> streams.deleteStream(id));
    assertThat(refused.getCode()).isEqualTo(404);
  }

  private static generated.events.ApiClient events() {
    generated.events.ApiClient client = new generated.events.ApiClient();
    client.updateBaseUri(node.url());
    return client.setRequestInterceptor(key);
  }

  @Test
  void eventsClient_makesPausesAndDeletesASubscription() throws Exception {
    generated.events.api.SubscriptionsApi subscriptions =
        new generated.events.api.SubscriptionsApi(events());
    UUID id =
        subscriptions
            .createSubscription(
                new generated.events.model.NewSubscription()
                    .url(URI.create("http://127.0.0.1:9/curfew"))
                    .types(List.of("dev.curfew.session.ended")))
            .getId();
    assertThat(subscriptions.listSubscriptions(null, null).getItems())
        .anySatisfy(
            listed -> {
              assertThat(listed.getId()).isEqualTo(id);
              assertThat(listed.getState().getValue()).isEqualTo("enabled");
              assertThat(listed.getTypes()).containsExactly("dev.curfew.session.ended");
            });
    generated.events.model.Subscription paused =
        subscriptions.pauseSubscription(
            id, new generated.events.model.Reason().reason("being moved"));
    assertThat(paused.getState().getValue()).isEqualTo("paused");
    assertThat(paused.getReason()).isEqualTo("being moved");
    subscriptions.deleteSubscription(id);
    generated.events.ApiException refused =
        catchThrowableOfType(
            generated.events.ApiException.class, () -> subscriptions.getSubscription(id));
    assertThat(refused.getCode()).isEqualTo(404);
  }
}
