package dev.curfew;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Sessions, from the command line. */
@Command(
    name = "sessions",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    synopsisSubcommandLabel = "(list | show | extend | revoke)",
    description = "Lists, shows, extends and revokes sessions on a running node.")
final class SessionsCommand {
  private static final String PATH = "/api/v1/admin/sessions";

  @Command(
      name = "list",
      mixinStandardHelpOptions = true,
      description =
          "Lists sessions, the newest first; the live ones unless --state says otherwise.")
  int list(
      @Option(
              names = "--state",
              paramLabel = "STATE",
              description = "approved, active, ending, ended or all.",
              defaultValue = "active")
          String state,
      @Option(names = "--kind", paramLabel = "KIND", description = "psm, jump, access, ...")
          @Nullable String kind,
      @Option(names = "--user", paramLabel = "USER", description = "Name or id of the user.")
          @Nullable String user,
      @Option(
              names = "--limit",
              paramLabel = "N",
              defaultValue = "50",
              description = "At most 500.")
          int limit,
      @Mixin ClientOptions node,
      @Mixin OutputOptions output) {
    StringBuilder query = new StringBuilder("?limit=" + limit);
    append(query, "state", state.equals("all") ? null : state);
    append(query, "kind", kind);
    append(query, "user", user);
    output.print(
        items(node.client().get(PATH + query)),
        "id",
        "kind",
        "state",
        "user.username",
        "timeRemainingSeconds",
        "expiresAt",
        "stage");
    return 0;
  }

  @Command(
      name = "show",
      mixinStandardHelpOptions = true,
      description = "Shows one session with its history.")
  int show(
      @Parameters(paramLabel = "ID") String id,
      @Mixin ClientOptions node,
      @Mixin OutputOptions output) {
    output.print(node.client().get(PATH + "/" + encoded(id)));
    return 0;
  }

  @Command(
      name = "extend",
      mixinStandardHelpOptions = true,
      description = "Moves a session's deadline; refused over the maximum, never cut to it.")
  int extend(
      @Parameters(paramLabel = "ID") String id,
      @Option(names = "--seconds", required = true, paramLabel = "N", description = "By how much.")
          long seconds,
      @Mixin ClientOptions node,
      @Mixin OutputOptions output) {
    output.print(
        node.client()
            .post(
                PATH + "/" + encoded(id) + "/extend",
                new JsonObject().put("additionalSeconds", seconds)));
    return 0;
  }

  @Command(
      name = "revoke",
      mixinStandardHelpOptions = true,
      description = "Takes sessions away, at once. Goes on after one that fails; exits 1 then.")
  int revoke(
      @Parameters(paramLabel = "ID", arity = "1..*") List<String> ids,
      @Option(names = "--reason", paramLabel = "TEXT", description = "For the audit log.")
          @Nullable String reason,
      @Mixin ClientOptions node) {
    int failed = 0;
    for (String id : ids) {
      try {
        JsonObject session =
            node.client()
                .post(PATH + "/" + encoded(id) + "/revoke", new JsonObject().put("reason", reason));
        System.out.println(id + " " + session.getString("state"));
      } catch (dev.curfew.client.ApiFailure refused) {
        System.err.println(id + " " + refused.getMessage());
        failed++;
      }
    }
    return failed == 0 ? 0 : 1;
  }

  static List<JsonObject> items(JsonObject page) {
    List<JsonObject> items = new ArrayList<>();
    JsonArray array = page.getJsonArray("items", new JsonArray());
    for (int i = 0; i < array.size(); i++) {
      items.add(array.getJsonObject(i));
    }
    return items;
  }

  static void append(StringBuilder query, String name, @Nullable String value) {
    if (value != null) {
      query.append('&').append(name).append('=').append(encoded(value));
    }
  }

  static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }
}
