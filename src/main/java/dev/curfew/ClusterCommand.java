package dev.curfew;

import dev.curfew.client.ListQuery;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The cluster, from the command line. */
@Command(
    name = "cluster",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    synopsisSubcommandLabel = "status",
    description = "Shows how the cluster is.")
final class ClusterCommand {
  private static final String PATH = "/api/v1/admin/cluster";

  /** Longer lists of shards are told by their number. */
  private static final int MOST_NAMED = 16;

  @Command(
      name = "status",
      mixinStandardHelpOptions = true,
      sortOptions = false,
      description = {
        "Shows the members, their roles, whose the shards of sessions are, and what waits to be done,",
        "as the node that is asked sees it. Exits 1 when a shard is not where it should be, a member",
        "is silent, or the database does not answer."
      })
  int status(
      @Option(names = "--shards", description = "Shows each shard, too: owner and epoch.")
          boolean shards,
      @Mixin ClientOptions node,
      @Mixin OutputOptions output) {
    JsonObject status =
        node.client().get(new ListQuery(PATH).with("shards", shards ? "true" : null).toString());
    boolean well = isWell(status);
    if (output.json()) {
      output.print(status);
    } else {
      List<JsonObject> members = ListQuery.objects(status.getJsonArray("members"));
      members.forEach(ClusterCommand::flatten);
      output.print(
          members,
          "name",
          "state",
          "shards",
          "hosting",
          "address",
          "joinedAt",
          "seenAt",
          "roles",
          "inTouchWith",
          "id");
      if (shards) {
        System.out.println();
        output.print(
            ListQuery.objects(status.getJsonObject("shards").getJsonArray("owners")),
            "shard",
            "node",
            "epoch",
            "member",
            "preferred");
      }
      System.out.println();
      summary(status).forEach(System.out::println);
    }
    return well ? 0 : 1;
  }

  private static void flatten(JsonObject member) {
    if (member.getBoolean("leaving") && member.getString("state").equals("live")) {
      member.put("state", "leaving");
    }
    member.put("roles", names(member.getJsonArray("roles")));
    member.put("inTouchWith", names(member.getJsonArray("inTouchWith")));
  }

  private static String names(JsonArray names) {
    return names.isEmpty()
        ? "-"
        : names.stream().map(Object::toString).collect(Collectors.joining(","));
  }

  private static List<String> summary(JsonObject status) {
    JsonObject shards = status.getJsonObject("shards");
    JsonObject backlog = status.getJsonObject("backlog");
    return List.of(
        "seen by "
            + status.getString("node")
            + " at "
            + status.getString("time")
            + ", clock within "
            + status.getLong("clockErrorMillis")
            + " ms; "
            + (status.getBoolean("clustered") ? "" : "cluster.enabled is false; ")
            + (backlog == null ? "the database does not answer" : "the database answers"),
        shards.getLong("total")
            + " shards, epochs "
            + shards.getLong("lowestEpoch")
            + " to "
            + shards.getLong("highestEpoch")
            + list("; nobody's", shards.getJsonArray("unowned"))
            + list("; of members that are not alive", shards.getJsonArray("orphaned"))
            + list("; on their way to others", shards.getJsonArray("misplaced")),
        backlog == null
            ? "what waits is not known"
            : "waiting: "
                + waiting(backlog, "unsealedEvents", "oldestUnsealedMillis", " unsealed events")
                + ", "
                + waiting(backlog, "pendingDeliveries", "oldestDeliveryMillis", " deliveries"));
  }

  private static String list(String what, JsonArray shards) {
    if (shards.isEmpty()) {
      return "";
    }
    return what
        + ": "
        + (shards.size() > MOST_NAMED
            ? shards.size()
            : shards.stream().map(Object::toString).collect(Collectors.joining(",")));
  }

  private static String waiting(JsonObject backlog, String count, String oldest, String what) {
    long number = backlog.getLong(count);
    return number + what + (number == 0 ? "" : " (for " + backlog.getLong(oldest) + " ms)");
  }

  private static boolean isWell(JsonObject status) {
    JsonObject shards = status.getJsonObject("shards");
    return status.getBoolean("databaseAnswers")
        && shards.getJsonArray("unowned").isEmpty()
        && shards.getJsonArray("orphaned").isEmpty()
        && shards.getJsonArray("misplaced").isEmpty()
        && ListQuery.objects(status.getJsonArray("members")).stream()
            .allMatch(member -> member.getString("state").equals("live"));
  }
}
