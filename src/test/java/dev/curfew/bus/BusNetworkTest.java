package dev.curfew.bus;

import static org.assertj.core.api.Assertions.assertThat;

import dev.curfew.session.Command;
import dev.curfew.testing.Await;
import dev.curfew.testing.TwoMembers;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.eventbus.DeliveryOptions;
import io.vertx.core.eventbus.MessageCodec;
import io.vertx.core.eventbus.ReplyException;
import io.vertx.core.eventbus.ReplyFailure;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Two members that speak over the network. */
class BusNetworkTest {
  private static final Duration PATIENCE = Duration.ofSeconds(5);
  private static final RoutedCommand QUESTION =
      new RoutedCommand(new Command.Touch(new UUID(2, 2)), 1_000);

  private TwoMembers members;

  @BeforeEach
  void join() throws IOException {
    members = TwoMembers.start();
  }

  @AfterEach
  void leave() {
    members.close();
  }

  @Test
  void questionsAndAnswers_arriveAsTheyWereSent() {
    Bus asker = new Bus(members.first().vertx());
    Bus answerer = new Bus(members.second().vertx());
    SomeMessages some = new SomeMessages(11);
    List<Command> commands = some.commands();
    List<CommandAnswer> answers = some.answers();
    Await.result(
        answerer.serve(
            Routes.COMMANDS,
            TwoMembers.SECOND,
            question -> {
              int number = (int) question.patience();
              assertThat(question.command()).isEqualTo(commands.get(number));
              return Future.succeededFuture(answers.get(number % answers.size()));
            }));
    awaitRoute(asker);
    for (int i = 0; i < commands.size(); i++) {
      assertThat(Await.result(ask(asker, new RoutedCommand(commands.get(i), i))))
          .isEqualTo(answers.get(i % answers.size()));
    }
  }

  private void awaitRoute(Bus asker) {
    RoutedCommand first = new RoutedCommand(new SomeMessages(11).commands().get(0), 0);
    Await.until("a route", () -> Await.result(ask(asker, first).map(true).otherwise(false)));
  }

  private static Future<CommandAnswer> ask(Bus asker, RoutedCommand question) {
    return asker.ask(Routes.COMMANDS, TwoMembers.SECOND, question, PATIENCE);
  }

  @Test
  void questionThatCannotBeRead_getsNoAnswerAndTheNextOneDoes() {
    Vertx garbler = members.first().vertx();
    garbler.eventBus().registerCodec(new Garbler(Routes.COMMANDS.question().address()));
    garbler.eventBus().registerCodec(new Garbler(Routes.COMMANDS.answer().address()));
    Bus answerer = new Bus(members.second().vertx());
    Await.result(
        answerer.serve(
            Routes.COMMANDS,
            TwoMembers.SECOND,
            question -> Future.succeededFuture(CommandAnswer.Elsewhere.INSTANCE)));
    Await.until("a refusal by the other member", () -> refused(garbler));
    assertThat(refused(garbler)).isTrue();
    assertThat(Await.result(ask(answerer, QUESTION))).isSameAs(CommandAnswer.Elsewhere.INSTANCE);
  }

  private static boolean refused(Vertx asker) {
    DeliveryOptions garbled =
        new DeliveryOptions().setCodecName(Routes.COMMANDS.question().address());
    Future<?> answer =
        asker.eventBus().request(Routes.COMMANDS.addressOf(TwoMembers.SECOND), QUESTION, garbled);
    return Await.failure(answer) instanceof ReplyException refusal
        && refusal.failureType() == ReplyFailure.RECIPIENT_FAILURE;
  }

  @Test
  void answerThatCannotBeRead_isNoAnswer() {
    Vertx garbler = members.second().vertx();
    garbler.eventBus().registerCodec(new Garbler(Routes.COMMANDS.answer().address()));
    garbler.eventBus().registerCodec(new Garbler(Routes.COMMANDS.question().address()));
    DeliveryOptions garbled =
        new DeliveryOptions().setCodecName(Routes.COMMANDS.answer().address());
    Await.result(
        garbler
            .eventBus()
            .consumer(
                Routes.COMMANDS.addressOf(TwoMembers.SECOND),
                question -> question.reply(CommandAnswer.Elsewhere.INSTANCE, garbled))
            .completion());
    Bus asker = new Bus(members.first().vertx());
    Await.until(
        "an answer that is none",
        () ->
            Await.failure(ask(asker, QUESTION)) instanceof AskException refusal
                && refusal.mayHaveArrived());
  }

  /** A member of another version, or one that is broken. */
  private record Garbler(String name) implements MessageCodec<Object, Object> {
    @Override
    public void encodeToWire(Buffer buffer, Object message) {
      buffer.appendByte((byte) 99).appendString("what nobody can read");
    }

    @Override
    public Object decodeFromWire(int position, Buffer buffer) {
      return buffer;
    }

    @Override
    public Object transform(Object message) {
      return message;
    }

    @Override
    public byte systemCodecID() {
      return -1;
    }
  }
}
