package dev.curfew.bus;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.eventbus.DeliveryOptions;
import io.vertx.core.eventbus.EventBus;
import io.vertx.core.eventbus.Message;
import io.vertx.core.eventbus.MessageCodec;
import io.vertx.core.eventbus.MessageConsumer;
import io.vertx.core.eventbus.ReplyException;
import io.vertx.core.eventbus.ReplyFailure;
import java.time.Duration;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The event bus, with typed routes. One for each Vert.x instance. */
public final class Bus {
  private static final Logger LOG = LoggerFactory.getLogger(Bus.class);

  /** The failure code of a question that could not be answered. */
  private static final int NO_ANSWER = 1;

  private final EventBus eventBus;

  public Bus(Vertx vertx) {
    this.eventBus = vertx.eventBus();
    Routes.all().forEach(this::register);
  }

  private <T> void register(Route<T> route) {
    eventBus.registerCodec(new RouteCodec<>(route));
  }

  /** Tells everyone who listens now, here and on other nodes. */
  public <T> void publish(Route<T> route, T message) {
    eventBus.publish(route.address(), message, new DeliveryOptions().setCodecName(route.address()));
  }

  /**
   * Listens from the moment the returned future completes.
   *
   * @param handler called on the context of the caller
   */
  public <T> Future<Void> subscribe(Route<T> route, Consumer<T> handler) {
    MessageConsumer<Object> consumer =
        eventBus.consumer(
            route.address(),
            message -> {
              T read;
              try {
                read = body(route, message);
              } catch (IllegalArgumentException unreadable) {
                LOG.warn("Nothing heard on {}: {}", route.address(), unreadable.getMessage());
                return;
              }
              handler.accept(read);
            });
    return consumer.completion();
  }

  /**
   * Answers the questions that others, and this member itself, put to this member, from the moment
   * the returned future completes.
   *
   * @param answers called on the context of the caller; a failure is no answer for whoever asked
   */
  public <Q, A> Future<Void> serve(
      AskRoute<Q, A> route, UUID self, Function<Q, Future<A>> answers) {
    DeliveryOptions options = new DeliveryOptions().setCodecName(route.answer().address());
    MessageConsumer<Object> consumer =
        eventBus.consumer(
            route.addressOf(self),
            message ->
                Future.succeededFuture(message)
                    .map(question -> body(route.question(), question))
                    .compose(answers)
                    .onSuccess(answer -> message.reply(answer, options))
                    .onFailure(
                        failure -> {
                          LOG.warn("No answer on {}: {}", route.address(), failure.getMessage());
                          message.fail(NO_ANSWER, "no answer");
                        }));
    return consumer.completion();
  }

  /**
   * Asks a member.
   *
   * @return its answer; fails with {@link AskException} when there is none
   */
  public <Q, A> Future<A> ask(AskRoute<Q, A> route, UUID member, Q question, Duration patience) {
    DeliveryOptions options =
        new DeliveryOptions()
            .setCodecName(route.question().address())
            .setSendTimeout(patience.toMillis());
    return eventBus
        .request(route.addressOf(member), question, options)
        .map(answer -> body(route.answer(), answer))
        .recover(failure -> Future.failedFuture(unanswered(member, failure)));
  }

  private static AskException unanswered(UUID member, Throwable failure) {
    boolean delivered =
        !(failure instanceof ReplyException reply)
            || reply.failureType() != ReplyFailure.NO_HANDLERS;
    return new AskException("Member " + member + ": " + failure.getMessage(), delivered);
  }

  private static <T> T body(Route<T> route, Message<Object> message) {
    if (message.body() instanceof Unreadable unreadable) {
      throw new IllegalArgumentException(unreadable.why);
    }
    return route.type().cast(message.body());
  }

  /**
   * In the place of a message that cannot be read. A codec that throws would leave whoever waits
   * for an answer waiting for ever.
   */
  private record Unreadable(String why) {}

  private record RouteCodec<T>(Route<T> route) implements MessageCodec<T, Object> {
    @Override
    public void encodeToWire(Buffer buffer, T message) {
      route.format().write(message, buffer);
    }

    @Override
    public Object decodeFromWire(int position, Buffer buffer) {
      try {
        return route.format().read(buffer, position);
      } catch (IllegalArgumentException unreadable) {
        return new Unreadable(String.valueOf(unreadable.getMessage()));
      }
    }

    @Override
    public Object transform(T message) {
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
