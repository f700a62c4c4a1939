package dev.curfew.api.admin;

import dev.curfew.api.Answer;
import dev.curfew.api.Exchange;
import dev.curfew.api.Fields;
import dev.curfew.api.Gateway;
import dev.curfew.api.Times;
import dev.curfew.auth.Role;
import dev.curfew.config.Secret;
import dev.curfew.directory.NewUser;
import dev.curfew.directory.UserChange;
import dev.curfew.fault.CurfewException;
import dev.curfew.realm.User;
import io.vertx.core.Future;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.EnumSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Users. */
final class UserCalls {
  private static final int LONGEST_NAME = 128;
  private static final int LONGEST_EMAIL = 320;
  private static final int LONGEST_DISPLAY_NAME = 256;
  private static final int LONGEST_PASSWORD = 1_024;

  private final Gateway gateway;

  UserCalls(Gateway gateway) {
    this.gateway = gateway;
  }

  Future<Answer> create(Exchange exchange) {
    Fields body = exchange.body();
    NewUser wanted =
        new NewUser(
            body.text("username", LONGEST_NAME),
            body.optionalText("email", LONGEST_EMAIL),
            body.optionalText("displayName", LONGEST_DISPLAY_NAME),
            password(body),
            roles(body),
            body.optionalText("realm", 63));
    return gateway
        .directory()
        .users()
        .create(exchange.principal(), wanted)
        .map(user -> Answer.created(json(user)));
  }

  private static @Nullable Secret password(Fields body) {
    if (!body.has("password")) {
      return null;
    }
    return Secret.of(body.text("password", LONGEST_PASSWORD));
  }

  private static Set<Role> roles(Fields body) {
    Set<Role> roles = EnumSet.noneOf(Role.class);
    for (String name : body.texts("roles", Role.values().length)) {
      roles.add(
          Role.ofName(name)
              .orElseThrow(
                  () ->
                      CurfewException.invalid(
                          "roles", "must be among USER, AUDITOR, ORG_ADMIN, ADMIN")));
    }
    return roles;
  }

  Future<Answer> list(Exchange exchange) {
    return gateway
        .directory()
        .users()
        .list(exchange.principal(), exchange.query("q"), AdminJson.page(exchange))
        .map(page -> AdminJson.list(page, UserCalls::json));
  }

  Future<Answer> show(Exchange exchange) {
    return gateway
        .directory()
        .users()
        .get(exchange.principal(), exchange.path("id"))
        .map(user -> Answer.ok(json(user)));
  }

  Future<Answer> change(Exchange exchange) {
    Fields body = exchange.body();
    UserChange change = UserChange.NOTHING;
    // Present and null means "remove it", absent means "leave it".
    if (body.json().containsKey("email")) {
      change = change.withEmail(body.optionalText("email", LONGEST_EMAIL));
    }
    if (body.json().containsKey("displayName")) {
      change = change.withDisplayName(body.optionalText("displayName", LONGEST_DISPLAY_NAME));
    }
    Secret password = password(body);
    if (password != null) {
      change = change.withPassword(password);
    }
    if (body.has("roles")) {
      change = change.withRoles(roles(body));
    }
    return gateway
        .directory()
        .users()
        .change(exchange.principal(), exchange.path("id"), change)
        .map(user -> Answer.ok(json(user)));
  }

  Future<Answer> delete(Exchange exchange) {
    return gateway
        .directory()
        .users()
        .delete(exchange.principal(), exchange.path("id"))
        .map(deleted -> Answer.empty(204));
  }

  private static JsonObject json(User user) {
    JsonArray roles = new JsonArray();
    user.roles().stream().sorted().forEach(role -> roles.add(role.name()));
    return new JsonObject()
        .put("id", user.id().toString())
        .put("numericId", user.numericId())
        .put("username", user.username())
        .put("email", user.email())
        .put("displayName", user.displayName())
        .put("roles", roles)
        .put("realm", user.realm())
        .put("createdAt", Times.iso(user.createdAt()));
  }
}
