package dev.curfew;

import dev.curfew.fault.CurfewException;
import dev.curfew.fault.ErrorCode;
import dev.curfew.worker.RemoteEncoder;
import dev.curfew.worker.WorkDirectory;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Encodes recordings on a machine of its own. */
@Command(
    name = "encoder",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = {
      "Encodes the recordings of a running node on this machine: claims them, fetches what was",
      "captured, makes the videos, and delivers them, all over the node's public API. Several may",
      "run side by side, here and elsewhere. It keeps no data and needs no database.",
      "",
      "The key needs the scope recording:encode and must belong to the realm root. The node needs",
      "no encoder of its own: leave encoder out of its node.roles.",
      "",
      "Stopped (Ctrl-C or SIGTERM) it gives back at once what it works on, which does not count as",
      "an attempt; with --finish it finishes it first. A second signal stops it sooner.",
      "An unreachable or overloaded node is waited for; a key that is not accepted ends it with 1."
    })
final class EncoderCommand implements Callable<Integer> {
  private static final int MOST_PARALLEL = 64;

  @Mixin private ClientOptions node = new ClientOptions();

  @Option(
      names = "--instance",
      paramLabel = "NAME",
      description = "Its name where it claims. Default: the host's name and eight random digits.")
  private @Nullable String instance;

  @Option(
      names = "--parallel",
      paramLabel = "N",
      defaultValue = "1",
      description = "How many recordings at a time. Default: ${DEFAULT-VALUE}.")
  private int parallel = 1;

  @Option(names = "--once", description = "End when no recording is ready, as for cron.")
  private boolean once;

  @Option(names = "--finish", description = "When stopped, finish the present recordings first.")
  private boolean finish;

  @Option(
      names = "--work-dir",
      paramLabel = "DIR",
      description = {
        "For scratch files, which are removed at the end, and the media library (45 MB), which is",
        "kept. Default: curfew-encoder-USER in the system's directory for temporary files."
      })
  private @Nullable Path directory;

  @Override
  public Integer call() throws IOException, InterruptedException {
    if (parallel < 1 || parallel > MOST_PARALLEL) {
      throw CurfewException.of(
          ErrorCode.BAD_CONFIGURATION, "--parallel must be from 1 to " + MOST_PARALLEL);
    }
    String name = instance == null ? defaultName() : instance;
    RemoteEncoder.Options options = new RemoteEncoder.Options(node.address(), name, parallel, once);
    Path place = directory == null ? defaultDirectory() : directory;
    try (WorkDirectory work = WorkDirectory.open(place, name)) {
      run(new RemoteEncoder(options, work));
    }
    return 0;
  }

  private void run(RemoteEncoder encoder) throws InterruptedException {
    Vertx vertx = Vertx.vertx(new VertxOptions().setEventLoopPoolSize(1));
    try {
      String deployment = result(vertx.deployVerticle(encoder));
      Runnable handBack = () -> vertx.undeploy(deployment);
      StopSignals.escalate(finish ? List.of(encoder::finish, handBack) : List.of(handBack));
      result(encoder.ended());
    } finally {
      result(vertx.close());
    }
  }

  private static <T> T result(Future<T> future) throws InterruptedException {
    try {
      return future.toCompletionStage().toCompletableFuture().get();
    } catch (ExecutionException e) {
      if (e.getCause() instanceof CurfewException known) {
        throw known;
      }
      throw CurfewException.causedBy(ErrorCode.INTERNAL, String.valueOf(e.getCause()), e);
    }
  }

  private static String defaultName() {
    return host() + "-" + UUID.randomUUID().toString().substring(0, 8);
  }

  private static String host() {
    try {
      String host = InetAddress.getLocalHost().getHostName().replaceAll("[^A-Za-z0-9._-]", "-");
      return host.matches("[A-Za-z0-9].*") && host.length() <= 100 ? host : "encoder";
    } catch (UnknownHostException nameless) {
      return "encoder";
    }
  }

  private static Path defaultDirectory() {
    return Path.of(
        System.getProperty("java.io.tmpdir"),
        "curfew-encoder-" + System.getProperty("user.name").replaceAll("[^A-Za-z0-9._-]", "-"));
  }
}
