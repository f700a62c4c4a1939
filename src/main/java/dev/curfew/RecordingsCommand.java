package dev.curfew;

import dev.curfew.client.ApiClient;
import dev.curfew.client.ListQuery;
import dev.curfew.fault.CurfewException;
import dev.curfew.fault.ErrorCode;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
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
    synopsisSubcommandLabel = "(list | show | download)",
    description = "Lists, shows and downloads recordings of a running node.")
final class RecordingsCommand {
  private static final String PATH = "/api/v1/recordings";

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

  @Command(name = "show", mixinStandardHelpOptions = true, description = "Shows one recording.")
  int show(
      @Parameters(paramLabel = "SESSION") String session,
      @Mixin ClientOptions node,
      @Mixin OutputOptions output) {
    output.print(node.client().get(PATH + "/" + ListQuery.encoded(session)));
    return 0;
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
