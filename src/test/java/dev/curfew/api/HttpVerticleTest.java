package dev.curfew.api;

import static org.assertj.core.api.Assertions.assertThat;

import dev.curfew.alert.AlertNode;
import dev.curfew.auth.Strangers;
import dev.curfew.config.CurfewConfig;
import dev.curfew.testing.Await;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Vertx;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.Test;

class HttpVerticleTest {
  /** Else all connections would be served by the event loop of the port that is told of. */
  @Test
  void instances_shareThePortThatTheSystemChooses() {
    Vertx vertx = Vertx.vertx();
    try {
      CurfewConfig config = CurfewConfig.of(Map.of("http.port", "0"));
      Queue<Integer> ports = new ConcurrentLinkedQueue<>();
      Frontend frontend =
          new Frontend(new AlertNode.Keys(), principal -> true, Strangers.perSecond(0), List.of());

      Await.result(
          vertx.deployVerticle(
              () ->
                  new HttpVerticle(
                      config.http(),
                      config.tls(),
                      frontend,
                      List.of(),
                      router -> {},
                      new Departure(),
                      ports::add),
              new DeploymentOptions().setInstances(3)));

      assertThat(ports).hasSize(3).allMatch(port -> port > 0);
      assertThat(ports.stream().distinct()).hasSize(1);
    } finally {
      Await.result(vertx.close());
    }
  }
}
