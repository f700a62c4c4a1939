package dev.curfew.bus;

import static org.assertj.core.api.Assertions.assertThat;

import dev.curfew.session.Command;
import dev.curfew.testing.Await;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class BusTest {
  private static final Duration PATIENCE = Duration.ofSeconds(5);
  private static final UUID MEMBER = new UUID(1, 1);
  private static final RoutedCommand QUESTION =
      new RoutedCommand(new Command.Touch(new UUID(2, 2)), 1_000);

  private final Vertx vertx = Vertx.vertx();
  private final Bus bus = new Bus(vertx);

  @AfterEach
  void close() {
    Await.result(vertx.close());
  }

  @Test
  void question_isAnsweredByTheMemberItIsPutTo() {
    CommandAnswer here = new CommandAnswer.Settled(new SomeMessages(3).outcomes().get(0));
    serve(MEMBER, Future.succeededFuture(here));
    serve(new UUID(1, 2), Future.succeededFuture(CommandAnswer.Elsewhere.INSTANCE));
    assertThat(Await.result(bus.ask(Routes.COMMANDS, MEMBER, QUESTION, PATIENCE))).isSameAs(here);
  }

  @Test
  void questionToNobody_hasNotArrived() {
    assertThat(refusal(MEMBER, PATIENCE).mayHaveArrived()).isFalse();
  }

  @Test
  void questionWithoutAnswerInTime_mayHaveArrived() {
    serve(MEMBER, Promise.<CommandAnswer>promise().future());
    assertThat(refusal(MEMBER, Duration.ofMillis(20)).mayHaveArrived()).isTrue();
  }

  @Test
  void questionWhoseAnswererFails_mayHaveArrived() {
    serve(MEMBER, Future.failedFuture("a secret"));
    AskException refusal = refusal(MEMBER, PATIENCE);
    assertThat(refusal.mayHaveArrived()).isTrue();
    assertThat(refusal).hasMessageNotContaining("secret");
  }

  @Test
  void answererThatThrows_answersTheNextQuestion() {
    boolean[] thrown = new boolean[1];
    Await.result(
        bus.serve(
            Routes.COMMANDS,
            MEMBER,
            question -> {
              if (!thrown[0]) {
                thrown[0] = true;
                throw new IllegalStateException("thrown");
              }
              return Future.succeededFuture(CommandAnswer.Elsewhere.INSTANCE);
            }));
    assertThat(refusal(MEMBER, PATIENCE).mayHaveArrived()).isTrue();
    assertThat(Await.result(bus.ask(Routes.COMMANDS, MEMBER, QUESTION, PATIENCE)))
        .isSameAs(CommandAnswer.Elsewhere.INSTANCE);
  }

  private void serve(UUID member, Future<CommandAnswer> answer) {
    Await.result(bus.serve(Routes.COMMANDS, member, question -> answer));
  }

  private AskException refusal(UUID member, Duration patience) {
    Future<CommandAnswer> answer = bus.ask(Routes.COMMANDS, member, QUESTION, patience);
    Throwable failure = Await.failure(answer);
    assertThat(failure).isInstanceOf(AskException.class);
    return (AskException) failure;
  }
}
