package dev.curfew;

import dev.curfew.client.ApiClient;
import dev.curfew.client.ApiFailure;
import dev.curfew.client.ListQuery;
import dev.curfew.fault.CurfewException;
import dev.curfew.fault.ErrorCode;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Recordings, from the command line. */
@Command(
    name = "recordings",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    synopsisSubcommandLabel =
        "(list | search | show | verify | download | hold | release | delete)",
    description =
        "Lists, finds, shows, verifies, downloads, holds and deletes recordings of a running node.")
final class RecordingsCommand {
  private static final String PATH = "/api/v1/recordings";
  private static final String ADMINISTERED = "/api/v1/admin/recordings";

  /** The exit code of a verification that could not be made. */
  private static final int NOT_KNOWN = 3;

  @Command(
      name = "list",
      mixinStandardHelpOptions = true,
      description = "Lists recordings, the newest first.")
  int list(
      @Option(
              names = "--stage",
              paramLabel = "STAGE",
              description =
                  "Connected, Ended, Encoding, Done-Encoded, Uploading, Done-Uploaded, Failed.")
          @Nullable String stage,
      @Mixin LimitOption limit,
      @Mixin ClientOptions node,
      @Mixin OutputOptions output) {
    ListQuery query = new ListQuery(PATH).with("limit", limit.rows()).with("stage", stage);
    output.print(
        ListQuery.items(node.client().get(query.toString())),
        "sessionId",
        "stage",
        "owner",
        "attempt",
        "chunks.count",
        "chunks.bytes",
        "startedAt",
        "destination");
    return 0;
  }

  @Command(
      name = "search",
      mixinStandardHelpOptions = true,
      description = "Finds recordings by what was typed and copied in them.")
  int search(
      @Parameters(
              paramLabel = "TEXT",
              description = "Words, \"words in this order\", or, -without.")
          String text,
      @Mixin LimitOption limit,
      @Mixin ClientOptions node,
      @Mixin OutputOptions output) {
    ListQuery query = new ListQuery(PATH).with("limit", limit.rows()).with("text", text);
    output.print(
        hits(ListQuery.items(node.client().get(query.toString()))),
        "sessionId",
        "offset",
        "kind",
        "text");
    return 0;
  }

  /** A row for each hit; the offset as players show it. */
  private static List<JsonObject> hits(List<JsonObject> recordings) {
    List<JsonObject> rows = new ArrayList<>();
    for (JsonObject recording : recordings) {
      for (Object found : recording.getJsonArray("hits")) {
        JsonObject hit = (JsonObject) found;
        rows.add(
            new JsonObject()
                .put("sessionId", recording.getString("sessionId"))
                .put("offset", clock(hit.getLong("offsetMillis")))
                .put("kind", hit.getString("kind"))
                .put("at", hit.getString("at"))
                .put("text", hit.getString("text")));
      }
    }
    return rows;
  }

  private static String clock(long millis) {
    return String.format(
        Locale.ROOT, "%d:%02d:%02d", millis / 3_600_000, millis / 60_000 % 60, millis / 1_000 % 60);
  }

  @Command(name = "show", mixinStandardHelpOptions = true, description = "Shows one recording.")
  int show(
      @Parameters(paramLabel = "SESSION") String session,
      @Mixin ClientOptions node,
      @Mixin OutputOptions output) {
    output.print(node.client().get(PATH + "/" + ListQuery.encoded(session)));
    return 0;
  }

  @Command(
      name = "verify",
      mixinStandardHelpOptions = true,
      description =
          "Reads all there is of a recording and proves that it is whole and unaltered, or names"
              + " the first part that is not. Exits 0 when it is intact, 1 when it is not, 3 when"
              + " that cannot be found out now. Prints the link at the end of its manifest: noted"
              + " elsewhere, it proves later that nothing was cut off.")
  int verify(
      @Parameters(paramLabel = "SESSION") String session,
      @Mixin ClientOptions node,
      @Mixin OutputOptions output) {
    String path = PATH + "/" + ListQuery.encoded(session) + "/verification";
    JsonObject answer;
    try {
      ApiClient client = node.client();
      do {
        answer = client.get(path);
      } while ("running".equals(answer.getString("result")));
    } catch (ApiFailure failure) {
      System.err.println("curfew: cannot be verified now: " + failure.getMessage());
      return NOT_KNOWN;
    }
    if (output.json()) {
      output.print(answer);
    } else {
      print(answer);
    }
    return "intact".equals(answer.getString("result")) ? 0 : 1;
  }

  private static void print(JsonObject verification) {
    JsonObject bad = verification.getJsonObject("firstBad");
    JsonObject manifest = verification.getJsonObject("manifest");
    JsonObject contents = verification.getJsonObject("contents");
    System.out.println(
        bad == null
            ? "intact: %d lines of the manifest, contents of %d chunks, %d artifacts%s"
                .formatted(
                    manifest.getLong("lines"),
                    contents.getLong("verified"),
                    verification.getJsonArray("artifacts").size(),
                    verification.getBoolean("deliveryManifest") ? ", manifest.json" : "")
            : "altered: " + bad.getString("part") + " " + bad.getString("reason"));
    for (Object sentence : verification.getJsonArray("unchecked")) {
      System.out.println("not verified: " + sentence);
    }
    if (bad == null && manifest.getString("link") != null) {
      System.out.println("link " + manifest.getString("link"));
    }
  }

  @Command(
      name = "download",
      mixinStandardHelpOptions = true,
      description = "Downloads everything that was made of a recording into a directory.")
  int download(
      @Parameters(paramLabel = "SESSION") String session,
      @Option(
              names = "--to",
              paramLabel = "DIR",
              defaultValue = ".",
              description = "Default: here.")
          Path directory,
      @Mixin ClientOptions node) {
    ApiClient client = node.client();
    String base = PATH + "/" + ListQuery.encoded(session);
    JsonObject recording = client.get(base);
    try {
      Files.createDirectories(directory);
    } catch (IOException e) {
      throw CurfewException.causedBy(
          ErrorCode.BAD_CONFIGURATION, directory + " cannot be made: " + e.getMessage(), e);
    }
    for (Object item : recording.getJsonArray("artifacts")) {
      JsonObject artifact = (JsonObject) item;
      String kind = artifact.getString("kind");
      Path file = directory.resolve(fileName(kind, artifact.getString("contentType", "")));
      client.download(base + "/artifacts/" + kind, file);
      System.out.println(file + "  " + artifact.getLong("size") + " bytes");
    }
    return 0;
  }

  @Command(
      name = "hold",
      mixinStandardHelpOptions = true,
      description = "Puts a recording on legal hold: nothing of it is deleted until its release.")
  int hold(
      @Parameters(paramLabel = "SESSION") String session,
      @Option(names = "--reason", required = true, description = "Kept in the audit log.")
          String reason,
      @Mixin ClientOptions node,
      @Mixin OutputOptions output) {
    return act(session, "hold", reason, node, output);
  }

  @Command(
      name = "release",
      mixinStandardHelpOptions = true,
      description = "Lifts the legal hold of a recording.")
  int release(
      @Parameters(paramLabel = "SESSION") String session,
      @Option(names = "--reason", required = true, description = "Kept in the audit log.")
          String reason,
      @Mixin ClientOptions node,
      @Mixin OutputOptions output) {
    return act(session, "release", reason, node, output);
  }

  private static int act(
      String session, String act, String reason, ClientOptions node, OutputOptions output) {
    output.print(
        node.client()
            .post(
                ADMINISTERED + "/" + ListQuery.encoded(session) + "/" + act,
                new JsonObject().put("reason", reason)));
    return 0;
  }

  @Command(
      name = "delete",
      mixinStandardHelpOptions = true,
      description =
          "Deletes a recording for good, wherever it lies; what is known about it stays. While a"
              + " store is away the node goes on trying.")
  int delete(
      @Parameters(paramLabel = "SESSION") String session,
      @Option(names = "--reason", required = true, description = "Kept in the audit log.")
          String reason,
      @Mixin ClientOptions node,
      @Mixin OutputOptions output) {
    ListQuery query =
        new ListQuery(ADMINISTERED + "/" + ListQuery.encoded(session)).with("reason", reason);
    output.print(node.client().delete(query.toString()));
    return 0;
  }

  static String fileName(String kind, String contentType) {
    String type = contentType.toLowerCase(Locale.ROOT);
    return switch (kind) {
      case "video" -> "video.mp4";
      case "captions" -> "captions.vtt";
      case "timeline" -> "timeline.json";
      case "asciicast" -> "terminal.cast";
      case "thumbnail" -> type.contains("png") ? "thumbnail.png" : "thumbnail.jpg";
      default -> kind + ".bin";
    };
  }
}
