package dev.curfew;

import dev.curfew.client.ApiFailure;
import dev.curfew.fault.CurfewException;
import dev.curfew.fault.ErrorCode;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.HelpCommand;

/** The program: one command for each thing one can do. */
@Command(
    name = "curfew",
    versionProvider = Version.class,
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = {
      "The clock of privileged sessions: knows every live session, warns before it ends, extends it",
      "within policy, ends it on the second, and brings its recording to safety."
    },
    footer = {
      "",
      "Try it:   curfew demo",
      "Run it:   curfew serve",
      "",
      "Commands that talk to a running node take --url and --key, or CURFEW_CLIENT_URL and",
      "CURFEW_CLIENT_KEY from the environment. Exit codes: 0 done, 1 failed, 2 wrong usage or wrong",
      "settings."
    },
    subcommands = {
      ServeCommand.class,
      DemoCommand.class,
      ReplayCommand.class,
      SessionsCommand.class,
      EventsCommand.class,
      RecordingsCommand.class,
      EncoderCommand.class,
      KeysCommand.class,
      UsersCommand.class,
      AuditCommand.class,
      StorageCommand.class,
      ClusterCommand.class,
      HelpCommand.class
    })
public final class Main implements Runnable {
  @CommandLine.Spec
  private CommandLine.Model.CommandSpec spec = CommandLine.Model.CommandSpec.create();

  private Main() {}

  public static void main(String[] args) {
    System.exit(commandLine().execute(args));
  }

  static CommandLine commandLine() {
    return new CommandLine(new Main())
        .setCaseInsensitiveEnumValuesAllowed(true)
        .setExecutionExceptionHandler(
            (failure, command, parsed) -> {
              command.getErr().println("curfew: " + oneLine(failure));
              return exitCode(failure);
            });
  }

  /** Of what no second try would change, another than of what one may. */
  private static int exitCode(Exception failure) {
    return failure instanceof CurfewException known && known.code() == ErrorCode.BAD_CONFIGURATION
        ? CommandLine.ExitCode.USAGE
        : CommandLine.ExitCode.SOFTWARE;
  }

  /** What went wrong, for a person; the stack only for what nobody foresaw. */
  private static String oneLine(Exception failure) {
    if (failure instanceof CurfewException || failure instanceof ApiFailure) {
      return String.valueOf(failure.getMessage());
    }
    failure.printStackTrace();
    return failure.toString();
  }

  @Override
  public void run() {
    spec.commandLine().usage(System.out);
  }
}
