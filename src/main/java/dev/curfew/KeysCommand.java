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

/** API keys, from the command line. */
@Command(
    name = "keys",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    synopsisSubcommandLabel = "(create | list | revoke)",
    description = "Makes, lists and revokes API keys of a running node.")
final class KeysCommand {
  private static final String PATH = "/api/v1/api-keys";

  @Command(
      name = "create",
      mixinStandardHelpOptions = true,
      description = "Makes a key and prints it, once; nobody grants a scope that they lack.")
  int create(
      @Parameters(paramLabel = "NAME") String name,
      @Option(
              names = "--scope",
              required = true,
              split = ",",
              paramLabel = "SCOPE",
              description = "What it is for: psm:write, sessions:read, ... Separated by commas.")
          List<String> scopes,
      @Option(names = "--user", paramLabel = "USER", description = "Whose it is; default: yours.")
          @Nullable String user,
      @Option(
              names = "--expires",
              paramLabel = "TIME",
              description = "ISO-8601, such as 2027-01-01T00:00:00Z; default: never.")
          @Nullable String expires,
      @Mixin ClientOptions node,
      @Mixin OutputOptions output) {
    output.print(
        node.client()
            .post(
                PATH,
                new JsonObject()
                    .put("name", name)
                    .put("scopes", new JsonArray(new ArrayList<Object>(scopes)))
                    .put("userId", user)
                    .put("expiresAt", expires)));
    return 0;
  }

  @Command(name = "list", mixinStandardHelpOptions = true, description = "Lists keys.")
  int list(@Mixin ClientOptions node, @Mixin OutputOptions output) {
    output.print(
        ListQuery.objects(node.client().getArray(PATH)),
        "id",
        "name",
        "keyPrefix",
        "scopes",
        "expiresAt");
    return 0;
  }

  @Command(
      name = "revoke",
      mixinStandardHelpOptions = true,
      description = "Revokes a key: from then on it opens nothing.")
  int revoke(@Parameters(paramLabel = "ID") String id, @Mixin ClientOptions node) {
    node.client().delete(PATH + "/" + ListQuery.encoded(id));
    System.out.println(id + " revoked");
    return 0;
  }
}
