package dev.curfew;

import dev.curfew.client.ApiClient;
import dev.curfew.client.ListQuery;
import dev.curfew.fault.CurfewException;
import dev.curfew.fault.ErrorCode;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The audit log, from the command line. */
@Command(
    name = "audit",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    synopsisSubcommandLabel = "(verify | seals)",
    description = "Verifies that the event log is what it was, and shows its seals.")
final class AuditCommand {
  private static final String PATH = "/api/v1/admin/audit";
  private static final int MOST_SHOWN = 20;

  @Command(
      name = "verify",
      mixinStandardHelpOptions = true,
      description = {
        "Compares the event log with its seals: finds what was altered, removed or put in, and names",
        "it. Exits 1 when there is anything. Prints the heads of the chains: note them elsewhere, and",
        "have a later verification --expect them, which finds that the end was cut off."
      })
  int verify(
      @Option(names = "--realm", paramLabel = "REALM", description = "Only this realm's events.")
          @Nullable String realm,
      @Option(
              names = "--from",
              paramLabel = "TIME",
              description = "Only what was sealed from then on, such as 2026-02-18T00:00:00Z.")
          @Nullable String from,
      @Option(
              names = "--after",
              paramLabel = "BATCH",
              description = "Only the batches after this one.")
          @Nullable Long after,
      @Option(
              names = "--expect",
              paramLabel = "FILE|HEAD",
              description = "A head that was printed before, or a file of such lines.")
          @Nullable String expect,
      @Mixin ClientOptions node) {
    ApiClient client = node.client();
    JsonObject request = new JsonObject().put("realm", realm).put("from", from).put("after", after);
    if (expect != null) {
      request.put("expect", expected(expect));
    }
    long seals = 0;
    long events = 0;
    long dropped = 0;
    long findings = 0;
    JsonObject part;
    do {
      part = client.post(PATH + "/verify", request);
      seals += part.getLong("seals");
      events += part.getLong("events");
      dropped += part.getLong("dropped");
      for (Object finding : part.getJsonArray("findings")) {
        if (findings++ < MOST_SHOWN) {
          System.out.println(line((JsonObject) finding));
        }
      }
      request = new JsonObject().put("realm", realm).put("after", part.getLong("next"));
    } while (part.getLong("next") != null);
    System.out.println(
        (findings == 0 ? "intact: " : findings + " found; as they were sealed: ")
            + events
            + " events under "
            + seals
            + " seals");
    if (dropped > 0) {
      System.out.println(dropped + " events were dropped by retention; their seals are intact");
    }
    if (part.getLong("unsealed") > 0) {
      System.out.println(part.getLong("unsealed") + " newest events are not sealed yet");
    }
    for (Object head : part.getJsonArray("heads")) {
      System.out.println("head " + head);
    }
    return findings == 0 ? 0 : 1;
  }

  private static String line(JsonObject finding) {
    StringBuilder line = new StringBuilder(finding.getString("kind"));
    append(line, "realm", finding.getString("realm"));
    append(line, "seal", finding.getLong("seal"));
    append(line, "event", finding.getString("eventId"));
    append(line, "of", finding.getString("time"));
    return line.append(": ").append(finding.getString("message")).toString();
  }

  private static void append(StringBuilder line, String name, @Nullable Object value) {
    if (value != null) {
      line.append(' ').append(name).append(' ').append(value);
    }
  }

  /** Lines of a file may be as a verification printed them. */
  private static JsonArray expected(String fileOrHead) {
    Path file = Path.of(fileOrHead);
    if (!Files.exists(file)) {
      return new JsonArray().add(fileOrHead);
    }
    JsonArray heads = new JsonArray();
    try {
      for (String line : Files.readAllLines(file)) {
        if (line.startsWith("head ")) {
          heads.add(line.substring("head ".length()).strip());
        }
      }
    } catch (IOException e) {
      throw CurfewException.causedBy(
          ErrorCode.INVALID_FIELD, file + " cannot be read as a list of heads", e);
    }
    if (heads.isEmpty()) {
      throw CurfewException.invalid("--expect", file + " has no line that begins with \"head \"");
    }
    return heads;
  }

  @Command(
      name = "seals",
      mixinStandardHelpOptions = true,
      description = "Lists the seals of a realm, the newest first.")
  int seals(
      @Option(names = "--realm", paramLabel = "REALM", description = "Default: your own.")
          @Nullable String realm,
      @Mixin LimitOption limit,
      @Mixin ClientOptions node,
      @Mixin OutputOptions output) {
    ListQuery query =
        new ListQuery(PATH + "/seals").with("limit", limit.rows()).with("realm", realm);
    List<JsonObject> seals = ListQuery.items(node.client().get(query.toString()));
    output.print(seals, "number", "sealedAt", "events", "head");
    return 0;
  }
}
