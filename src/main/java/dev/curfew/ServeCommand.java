package dev.curfew;

import dev.curfew.config.ConfigLoader;
import dev.curfew.config.CurfewConfig;
import dev.curfew.config.Secret;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Runs a node until it is told to stop. */
@Command(
    name = "serve",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = {
      "Runs a node until it is stopped (Ctrl-C or SIGTERM).",
      "",
      "Without any configuration it listens on 127.0.0.1:8080 and keeps its own PostgreSQL under",
      "./data. Settings come from conf/curfew.yaml, where every one is explained, or from the file",
      "given, each overridden by an environment variable: http.port by CURFEW_HTTP_PORT, and so on.",
      "",
      "The first start prints the administrator's API key, once; CURFEW_BOOTSTRAP_ADMIN_KEY and",
      "CURFEW_BOOTSTRAP_ADMIN_PASSWORD choose it and the password of user admin."
    })
final class ServeCommand implements Callable<Integer> {
  @Option(
      names = {"-c", "--config"},
      paramLabel = "FILE",
      description = "Settings; conf/curfew.yaml is read without this, if it is there.")
  private @Nullable Path file;

  @Override
  public Integer call() throws InterruptedException {
    CurfewConfig config = ConfigLoader.ofNode(file, System.getenv()).load();
    LogOutput.apply(config.logging());
    NodeProcess process = NodeProcess.start(config);
    System.out.println("Curfew " + Version.number() + " serves " + process.url());
    System.out.println("data in " + process.dataDirectory());
    System.out.println("database " + process.database());
    process.generatedKey().map(Secret::reveal).ifPresent(ServeCommand::showKey);
    System.out.flush();
    new CountDownLatch(1).await();
    return 0;
  }

  private static void showKey(String key) {
    System.out.println();
    System.out.println("administrator's API key, shown this once: " + key);
  }
}
