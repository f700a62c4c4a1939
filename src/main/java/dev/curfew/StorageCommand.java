package dev.curfew;

import dev.curfew.config.ConfigLoader;
import dev.curfew.config.CurfewConfig;
import dev.curfew.storage.StoreState;
import io.vertx.core.json.JsonObject;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The stores of recordings, from the command line. */
@Command(
    name = "storage",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    synopsisSubcommandLabel = "check",
    description = "Tries the stores of recordings.")
final class StorageCommand {
  @Command(
      name = "check",
      mixinStandardHelpOptions = true,
      sortOptions = false,
      description = {
        "Writes, reads back and deletes a small object in both stores, as a node with these settings",
        "would; needs no node. Exits 1 when one of them cannot be used."
      })
  int check(
      @Option(
              names = {"-c", "--config"},
              paramLabel = "FILE",
              description = "Settings; conf/curfew.yaml is read without this, if it is there.")
          @Nullable Path file,
      @Mixin OutputOptions output) {
    CurfewConfig config = ConfigLoader.ofNode(file, System.getenv()).load();
    LogOutput.apply(config.logging());
    try (RecordingStores stores = RecordingStores.open(config.recording())) {
      List<StoreState> found = stores.check(System::currentTimeMillis);
      output.print(
          found.stream().map(StorageCommand::json).toList(),
          "store",
          "kind",
          "location",
          "state",
          "message");
      return found.stream().allMatch(state -> state.finding().ready()) ? 0 : 1;
    }
  }

  private static JsonObject json(StoreState state) {
    return new JsonObject()
        .put("store", state.store())
        .put("kind", state.kind().toString())
        .put("location", state.location())
        .put("state", state.finding().state().name())
        .put("message", state.finding().message());
  }
}
