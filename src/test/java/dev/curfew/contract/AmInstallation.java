package dev.curfew.contract;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;

/** An installation whose people log in by the AM dialect; realms {@code root} and {@code acme}. */
final class AmInstallation implements AutoCloseable {
  static final String COOKIE = "iPlanetDirectoryPro";
  static final String PASSWORD = "Ch4ng31t, please";
  static final String DEAD = "AQIC5wM2LY4SfcxsuvGEjcsppDSFR8H8DYBSouTtz3m64PI.*AAJTSQACMDIAAlNL*";

  final Installation node;
  private final Map<String, String> kept = new HashMap<>();

  private AmInstallation(Installation node) {
    this.node = node;
    user("amadmin", "root", "ADMIN");
    user("demo", "root", "USER");
    user("other", "root", "USER");
    user("acme-admin", "acme", "ORG_ADMIN");
    user("acme-demo", "acme", "USER");
  }

  static AmInstallation start(Map<String, String> settings) {
    Map<String, String> all = new HashMap<>();
    all.put("webhooks.allow-private-targets", "true");
    all.putAll(settings);
    Installation node = Installation.start(all);
    try {
      return new AmInstallation(node);
    } catch (RuntimeException | Error failure) {
      node.close();
      throw failure;
    }
  }

  void user(String name, String realm, String role) {
    node.admin
        .post(
            "/api/v1/admin/users",
            new JsonObject()
                .put("username", name)
                .put("password", PASSWORD)
                .put("roles", new JsonArray().add(role))
                .put("realm", realm))
        .is(201);
  }

  Caller anonymous() {
    return node.anonymous;
  }

  /** Whoever holds this token. */
  Caller holder(String token) {
    return node.anonymous.with(COOKIE, token);
  }

  Reply authenticate(String realmPath, String name, String password) {
    return node.anonymous
        .with("X-OpenAM-Username", name)
        .with("X-OpenAM-Password", password)
        .send("POST", "/json" + realmPath + "/authenticate", "{}");
  }

  /** A fresh token of somebody in the realm root. */
  String login(String name) {
    return authenticate("", name, PASSWORD).is(200).json().getString("tokenId");
  }

  /** A fresh token of somebody in the realm acme. */
  String acmeLogin(String name) {
    return authenticate("/realms/root/realms/acme", name, PASSWORD)
        .is(200)
        .json()
        .getString("tokenId");
  }

  /** A token that nobody logs out. */
  String kept(String name) {
    return kept.computeIfAbsent(name, who -> who.startsWith("acme-") ? acmeLogin(who) : login(who));
  }

  /** An action in a version, on another's session where a target is given. */
  static Reply act(Caller caller, String version, String action, String target) {
    String query = "?_action=" + action;
    if (!target.isEmpty()) {
      query += "&tokenId=" + encoded(target);
    }
    return caller
        .with("Accept-API-Version", "resource=" + version)
        .send("POST", "/json/sessions" + query, "{}");
  }

  static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }

  /** Adds or replaces a service of a realm. */
  void service(String realmPath, String service, JsonObject settings) {
    Reply put =
        holder(kept("amadmin"))
            .send(
                "PUT",
                "/json" + realmPath + "/realm-config/services/" + service,
                settings.encode());
    assertThat(put.status()).as(put.text()).isIn(200, 201);
  }

  @Override
  public void close() {
    node.close();
  }
}
