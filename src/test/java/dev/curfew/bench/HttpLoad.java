package dev.curfew.bench;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.net.NetClient;
import io.vertx.core.net.NetSocket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Load over HTTP from raw sockets in the same process, each with one request under way, so that it
 * takes as little of the machine as it can.
 */
public final class HttpLoad {
  private static final int CONNECTIONS = 64;

  /** How long a round is. */
  public static final int ROUND_SECONDS = 5;

  private static final long ROUND_NANOS = TimeUnit.SECONDS.toNanos(ROUND_SECONDS);

  private HttpLoad() {}

  /** Requests a second, and how long they took in microseconds. */
  public record Result(double perSecond, double p50Micros, double p99Micros) {}

  /** Where requests are sent, and which. */
  public record Target(int port, List<Buffer> requests) {}

  /** Sends the requests over and over for five seconds; any answer but success fails the run. */
  public static Result load(Vertx vertx, int port, List<Buffer> requests) throws Exception {
    return load(vertx, List.of(new Target(port, requests)), CONNECTIONS);
  }

  /**
   * The same to several at once.
   *
   * @param count connections, shared out evenly
   */
  public static Result load(Vertx vertx, List<Target> targets, int count) throws Exception {
    NetClient client = vertx.createNetClient();
    CountDownLatch done = new CountDownLatch(count);
    List<Connection> connections = new ArrayList<>();
    long until = System.nanoTime() + ROUND_NANOS;
    for (int i = 0; i < count; i++) {
      Target target = targets.get(i % targets.size());
      NetSocket socket = await(client.connect(target.port(), "127.0.0.1"));
      Connection connection = new Connection(socket, target.requests(), i, count, until, done);
      connections.add(connection);
      connection.start();
    }
    done.await();
    await(client.close());
    long[] micros =
        connections.stream()
            .flatMapToLong(connection -> Arrays.stream(connection.micros, 0, connection.count))
            .sorted()
            .toArray();
    return new Result(
        micros.length / (ROUND_NANOS / 1e9),
        micros[micros.length / 2],
        micros[(int) (micros.length * 0.99)]);
  }

  /** One request after the other; an answer is complete when its body is. */
  private static final class Connection {
    private final NetSocket socket;
    private final List<Buffer> requests;
    private final int step;
    private final long until;
    private final CountDownLatch done;
    private int next;
    private long sentAt;
    private Buffer answer = Buffer.buffer();
    private long[] micros = new long[1 << 16];
    private int count;

    Connection(
        NetSocket socket,
        List<Buffer> requests,
        int first,
        int step,
        long until,
        CountDownLatch done) {
      this.socket = socket;
      this.requests = requests;
      this.next = first % requests.size();
      this.step = step;
      this.until = until;
      this.done = done;
    }

    void start() {
      socket.handler(this::received);
      send();
    }

    private void send() {
      sentAt = System.nanoTime();
      socket.write(requests.get(next));
      next = (next + step) % requests.size();
    }

    private void received(Buffer part) {
      answer = answer.length() == 0 ? part : answer.appendBuffer(part);
      if (!complete()) {
        return;
      }
      if (answer.getByte(9) != '2') {
        throw new IllegalStateException(answer.toString());
      }
      answer = Buffer.buffer();
      long now = System.nanoTime();
      if (count == micros.length) {
        micros = Arrays.copyOf(micros, micros.length * 2);
      }
      micros[count++] = (now - sentAt) / 1_000;
      if (now < until) {
        send();
      } else {
        socket.close();
        done.countDown();
      }
    }

    private boolean complete() {
      String text = answer.toString(StandardCharsets.ISO_8859_1);
      int end = text.indexOf("\r\n\r\n");
      int header = text.toLowerCase(Locale.ROOT).indexOf("content-length: ");
      if (end < 0 || header < 0) {
        return false;
      }
      int length =
          Integer.parseInt(text.substring(header + 16, text.indexOf('\r', header)).strip());
      return answer.length() >= end + 4 + length;
    }
  }

  public static Result median(List<Result> results) {
    List<Result> sorted = new ArrayList<>(results);
    sorted.sort((a, b) -> Double.compare(a.perSecond, b.perSecond));
    return sorted.get(sorted.size() / 2);
  }

  private static <T> T await(Future<T> future) throws Exception {
    return future.toCompletionStage().toCompletableFuture().get(120, TimeUnit.SECONDS);
  }
}
