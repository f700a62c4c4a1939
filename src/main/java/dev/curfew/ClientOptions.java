package dev.curfew;

import dev.curfew.client.ApiClient;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
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
      required = true,
      description = "An API key of that node. Default: CURFEW_CLIENT_KEY.")
  private String key = "";

  @Option(
      names = "--cacert",
      paramLabel = "FILE",
      defaultValue = "${env:CURFEW_CLIENT_CACERT}",
      description =
          "PEM file of the certificates to trust for https, instead of the JDK's. Default:"
              + " CURFEW_CLIENT_CACERT.")
  private @Nullable Path certificates;

  ApiClient client() {
    Path trusted = certificates;
    return trusted == null ? new ApiClient(url, key) : ApiClient.trusting(trusted, url, key);
  }
}
