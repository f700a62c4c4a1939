package dev.curfew.outbound;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.WorkerExecutor;
import java.net.InetAddress;
import java.util.List;

/** Finds the addresses of a host name. */
@FunctionalInterface
public interface NameResolver {
  /**
   * @return the addresses in the order in which they are to be tried; fails when there are none
   */
  Future<List<InetAddress>> resolve(String host);

  /** The machine's own resolver, on threads of its own: a lookup may hang for a long time. */
  static NameResolver ofSystem(Vertx vertx) {
    WorkerExecutor lookups = vertx.createSharedWorkerExecutor("outbound-names", 8);
    return host -> lookups.executeBlocking(() -> List.of(InetAddress.getAllByName(host)), false);
  }
}
