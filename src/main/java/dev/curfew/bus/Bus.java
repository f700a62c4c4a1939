package dev.curfew.bus;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.eventbus.EventBus;
import io.vertx.core.eventbus.MessageCodec;
import io.vertx.core.eventbus.MessageConsumer;
import java.util.function.Consumer;

/** The event bus, with typed routes. One for each Vert.x instance. */
public final class Bus {
  private final EventBus eventBus;

  public Bus(Vertx vertx) {
    this.eventBus = vertx.eventBus();
    Routes.all().forEach(this::register);
  }

  private <T> void register(Route<T> route) {
    eventBus.registerDefaultCodec(route.type(), new RouteCodec<>(route));
  }

  /** Tells everyone who listens now, here and on other nodes. */
  public <T> void publish(Route<T> route, T message) {
    eventBus.publish(route.address(), message);
  }

  /**
   * Listens from the moment the returned future completes.
   *
   * @param handler called on the context of the caller
   */
  public <T> Future<Void> subscribe(Route<T> route, Consumer<T> handler) {
    MessageConsumer<T> consumer =
        eventBus.consumer(route.address(), message -> handler.accept(message.body()));
    return consumer.completion();
  }

  private record RouteCodec<T>(Route<T> route) implements MessageCodec<T, T> {
    @Override
    public void encodeToWire(Buffer buffer, T message) {
      route.format().write(message, buffer);
    }

    @Override
    public T decodeFromWire(int position, Buffer buffer) {
      return route.format().read(buffer, position);
    }

    @Override
    public T transform(T message) {
      return message;
    }

    @Override
    public String name() {
      return route.address();
    }

    @Override
    public byte systemCodecID() {
      return -1;
    }
  }
}
