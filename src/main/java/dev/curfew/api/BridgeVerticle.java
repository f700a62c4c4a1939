package dev.curfew.api;

import dev.curfew.alert.EventBridge;
import dev.curfew.config.CurfewConfig;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.net.NetServer;
import io.vertx.core.net.NetServerOptions;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One event loop's share of the TCP event-bus bridge's listener. Every instance listens on the same
 * port.
 */
public final class BridgeVerticle extends VerticleBase {
  private static final Logger LOG = LoggerFactory.getLogger(BridgeVerticle.class);

  /** As for {@link HttpVerticle}, by a number of its own. */
  private static final int ANY_PORT = -2;

  private final CurfewConfig config;
  private final EventBridge bridge;
  private final Consumer<Integer> listening;

  /**
   * @param listening told the port once it is bound
   */
  public BridgeVerticle(CurfewConfig config, EventBridge bridge, Consumer<Integer> listening) {
    this.config = config;
    this.bridge = bridge;
    this.listening = listening;
  }

  @Override
  public Future<?> start() {
    int port = config.bridge().port();
    NetServerOptions options =
        new NetServerOptions()
            .setHost(config.http().host())
            .setPort(port == 0 ? ANY_PORT : port)
            .setTcpKeepAlive(true);
    return config.tls().enabled() ? listenWithTls(options) : listen(options);
  }

  private Future<NetServer> listenWithTls(NetServerOptions options) {
    return new ListenerCertificate(vertx, config.tls())
        .serve(
            certificate -> listen(options.setSsl(true).setKeyCertOptions(certificate)),
            NetServer::updateSSLOptions);
  }

  private Future<NetServer> listen(NetServerOptions options) {
    return vertx
        .createNetServer(options)
        .connectHandler(bridge::accept)
        .exceptionHandler(failure -> LOG.debug("A connection failed", failure))
        .listen()
        .onSuccess(server -> listening.accept(server.actualPort()));
  }
}
