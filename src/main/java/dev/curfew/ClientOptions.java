package dev.curfew;

import dev.curfew.client.ApiClient;
import dev.curfew.client.ApiFailure;
import dev.curfew.config.Secret;
import dev.curfew.worker.NodeAddress;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Option;

/** Which node a command talks to. */
final class ClientOptions {
  @Option(
      names = "--url",
      paramLabel = "URL",
      defaultValue = "${env:CURFEW_CLIENT_URL:-http://127.0.0.1:8080}",
      description = "The node. Default: CURFEW_CLIENT_URL, else http://127.0.0.1:8080.")
  private String url = "";

  @Option(
      names = "--key",
      paramLabel = "KEY",
      defaultValue = "${env:CURFEW_CLIENT_KEY}",
      description = "An API key of that node. Default: CURFEW_CLIENT_KEY.")
  private @Nullable String key;

  @Option(
      names = "--key-file",
      paramLabel = "FILE",
      defaultValue = "${env:CURFEW_CLIENT_KEY_FILE}",
      description =
          "A file with the API key, which other users of this machine cannot see as they can see"
              + " --key. Default: CURFEW_CLIENT_KEY_FILE.")
  private @Nullable Path keyFile;

  @Option(
      names = "--cacert",
      paramLabel = "FILE",
      defaultValue = "${env:CURFEW_CLIENT_CACERT}",
      description =
          "PEM file of the certificates to trust for https, instead of the JDK's. Default:"
              + " CURFEW_CLIENT_CACERT.")
  private @Nullable Path certificates;

  @CommandLine.Spec(CommandLine.Spec.Target.MIXEE)
  private CommandLine.Model.@Nullable CommandSpec command;

  ApiClient client() {
    Path trusted = certificates;
    return trusted == null ? new ApiClient(url, key()) : ApiClient.trusting(trusted, url, key());
  }

  NodeAddress address() {
    return NodeAddress.of(url, Secret.of(key()), certificates);
  }

  private String key() {
    String given = key;
    Path file = keyFile;
    if (given != null && !given.isEmpty()) {
      return given;
    }
    if (file == null) {
      throw new CommandLine.ParameterException(
          Objects.requireNonNull(command).commandLine(),
          "Missing required option: '--key=KEY' or '--key-file=FILE'");
    }
    try {
      return Files.readString(file).strip();
    } catch (IOException e) {
      throw new ApiFailure(0, "the key cannot be read: " + e);
    }
  }
}
