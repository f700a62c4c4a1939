package dev.curfew;

import dev.curfew.client.ListQuery;
import dev.curfew.client.SessionWatch;
import dev.curfew.client.Terminal;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
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
    synopsisSubcommandLabel = "(list | show | extend | revoke | watch)",
    description = "Lists, shows, extends, revokes and watches sessions on a running node.")
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
      @Mixin LimitOption limit,
      @Mixin ClientOptions node,
      @Mixin OutputOptions output) {
    ListQuery query =
        new ListQuery(PATH)
            .with("limit", limit.rows())
            .with("state", state.equals("all") ? null : state)
            .with("kind", kind)
            .with("user", user);
    output.print(
        ListQuery.items(node.client().get(query.toString())),
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
    output.print(node.client().get(PATH + "/" + ListQuery.encoded(id)));
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
                PATH + "/" + ListQuery.encoded(id) + "/extend",
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
                .post(
                    PATH + "/" + ListQuery.encoded(id) + "/revoke",
                    new JsonObject().put("reason", reason));
        System.out.println(id + " " + session.getString("state"));
      } catch (dev.curfew.client.ApiFailure refused) {
        System.err.println(id + " " + refused.getMessage());
        failed++;
      }
    }
    return failed == 0 ? 0 : 1;
  }

  @Command(
      name = "watch",
      mixinStandardHelpOptions = true,
      description = {
        "Shows the live sessions with the time left of each, redrawn every second, the least",
        "first: yellow within the warning, red in the last minute. q ends it. Without a terminal",
        "it prints the sessions, then a line for every event of theirs. NO_COLOR is respected."
      })
  int watch(
      @Option(
              names = "--warn-seconds",
              paramLabel = "N",
              defaultValue = "300",
              description =
                  "From which time left on a session is yellow that was not warned yet. Default:"
                      + " ${DEFAULT-VALUE}.")
          long warnSeconds,
      @Mixin ClientOptions node) {
    boolean interactive = Terminal.standard().interactive();
    String noColour = System.getenv("NO_COLOR");
    SessionWatch watch =
        new SessionWatch(
            node.client(),
            System.out,
            interactive && (noColour == null || noColour.isEmpty()),
            Duration.ofSeconds(warnSeconds));
    if (interactive) {
      watch.onScreen(System.in);
    } else {
      watch.inLines(notice -> System.err.println("curfew: " + notice));
    }
    return 0;
  }
}
