package dev.curfew;

import dev.curfew.client.AlertStream;
import dev.curfew.client.EventFollower;
import dev.curfew.client.EventLine;
import dev.curfew.client.ListQuery;
import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Events, from the command line. */
@Command(
    name = "events",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    synopsisSubcommandLabel = "(tail)",
    description = "Shows the events of a running node.")
final class EventsCommand {
  private static final Duration LOOK = Duration.ofSeconds(1);

  @Command(
      name = "tail",
      mixinStandardHelpOptions = true,
      description = {
        "Prints events as they happen, a line each, until it is ended. Connects again by itself",
        "and goes on after the last event; says so on standard error."
      })
  int tail(
      @Option(
              names = "--types",
              split = ",",
              paramLabel = "TYPE",
              description = "session.expiring, recording.uploaded, ... Separated by commas.")
          @Nullable List<String> types,
      @Option(names = "--session", paramLabel = "ID", description = "Of one session.")
          @Nullable String session,
      @Option(names = "--user", paramLabel = "USER", description = "Name or id of the user.")
          @Nullable String user,
      @Option(
              names = "--after",
              paramLabel = "ID",
              description = "First what came after this event; default: from now on.")
          @Nullable String after,
      @Mixin ClientOptions node,
      @Mixin OutputOptions output) {
    String filters =
        new ListQuery("")
            .with("types", types == null ? null : longNames(types))
            .with("session", session)
            .with("user", user)
            .toString();
    try (EventFollower events =
        new EventFollower(
            node.client(), filters, after, notice -> System.err.println("curfew: " + notice))) {
      while (!System.out.checkError()) {
        AlertStream.Alert alert = events.next(LOOK);
        if (alert != null) {
          System.out.println(output.json() ? alert.event().encode() : EventLine.of(alert.event()));
        }
      }
    }
    return 0;
  }

  private static String longNames(List<String> types) {
    return types.stream().map(EventLine::longType).collect(Collectors.joining(","));
  }
}
