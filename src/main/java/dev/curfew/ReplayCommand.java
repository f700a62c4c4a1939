package dev.curfew;

import dev.curfew.client.Replay;
import dev.curfew.client.Terminal;
import dev.curfew.replay.CaptureReader;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Plays a captured session into a running node. */
@Command(
    name = "replay",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = {
      "Plays a captured session into a running node, as the gateway that holds it: opens a checkout",
      "with its session, sends heartbeats, screenshots, keystrokes and clipboard, and shows the",
      "session live: the warning, an extension, one over the maximum refused, the end.",
      "",
      "A capture is a directory with session.json (title, width, height, started, ended, and the",
      "numbers of frames, keystrokes and clipboard texts), frames.jsonl ({\"file\",\"at\"}),",
      "keystrokes.jsonl ({\"key\",\"at\"}) and clipboard.jsonl ({\"text\",\"at\"}); times are epoch",
      "milliseconds. The recording keeps the capture's true distances in time.",
      "",
      "It makes a policy and a credential of its own on the node, named replay-<random>; the key",
      "must be an administrator's."
    })
final class ReplayCommand implements Callable<Integer> {
  @Parameters(paramLabel = "DIR", description = "The capture.")
  private Path directory = Path.of("");

  @Option(
      names = "--speed",
      paramLabel = "N",
      defaultValue = "4",
      description = "How much faster than it was captured. Default: ${DEFAULT-VALUE}.")
  private double speed = 4;

  @Mixin private ClientOptions node = new ClientOptions();

  @Override
  public Integer call() {
    Speeds.require(speed);
    Terminal terminal = Terminal.standard();
    Replay.Played played =
        new Replay(node.client(), terminal, speed).run(CaptureReader.ofDirectory(directory));
    terminal.line("");
    terminal.line("session " + played.sessionId() + " has ended; its recording is being processed");
    return 0;
  }
}
