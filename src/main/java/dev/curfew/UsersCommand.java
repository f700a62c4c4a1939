package dev.curfew;

import dev.curfew.client.ListQuery;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Users, from the command line. */
@Command(
    name = "users",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    synopsisSubcommandLabel = "(create | list | delete)",
    description = "Makes, lists and removes users of a running node.")
final class UsersCommand {
  private static final String PATH = "/api/v1/admin/users";

  @Command(name = "create", mixinStandardHelpOptions = true, description = "Makes a user.")
  int create(
      @Parameters(paramLabel = "NAME") String name,
      @Option(names = "--email", paramLabel = "ADDRESS") @Nullable String email,
      @Option(names = "--display-name", paramLabel = "TEXT") @Nullable String displayName,
      @Option(
              names = "--role",
              split = ",",
              paramLabel = "ROLE",
              defaultValue = "USER",
              description = "USER, AUDITOR, ORG_ADMIN, ADMIN. Default: ${DEFAULT-VALUE}.")
          List<String> roles,
      @Option(names = "--realm", paramLabel = "REALM", description = "Default: yours.")
          @Nullable String realm,
      @Mixin ClientOptions node,
      @Mixin OutputOptions output) {
    output.print(
        node.client()
            .post(
                PATH,
                new JsonObject()
                    .put("username", name)
                    .put("email", email)
                    .put("displayName", displayName)
                    .put("roles", new JsonArray(new ArrayList<Object>(roles)))
                    .put("realm", realm)));
    return 0;
  }

  @Command(name = "list", mixinStandardHelpOptions = true, description = "Lists users.")
  int list(
      @Option(names = "--q", paramLabel = "TEXT", description = "Part of a name.")
          @Nullable String q,
      @Mixin LimitOption limit,
      @Mixin ClientOptions node,
      @Mixin OutputOptions output) {
    ListQuery query = new ListQuery(PATH).with("limit", limit.rows()).with("q", q);
    output.print(
        ListQuery.items(node.client().get(query.toString())),
        "numericId",
        "username",
        "realm",
        "roles",
        "email",
        "id");
    return 0;
  }

  @Command(
      name = "delete",
      mixinStandardHelpOptions = true,
      description = "Removes a user; their keys are revoked and their sessions ended.")
  int delete(@Parameters(paramLabel = "USER") String user, @Mixin ClientOptions node) {
    node.client().delete(PATH + "/" + ListQuery.encoded(user));
    System.out.println(user + " removed");
    return 0;
  }
}
