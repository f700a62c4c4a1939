package dev.curfew;

import dev.curfew.client.ApiClient;
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

  ApiClient client() {
    return new ApiClient(url, key);
  }
}
