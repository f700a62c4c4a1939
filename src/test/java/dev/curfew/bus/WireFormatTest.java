package dev.curfew.bus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.curfew.session.Command;
import dev.curfew.session.Outcome;
import io.vertx.core.buffer.Buffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class WireFormatTest {
  private static final int LENGTH_AT = 1;

  @Test
  void someMessages_areOfEveryKind() {
    SomeMessages some = new SomeMessages(1);
    assertThat(some.commands())
        .extracting(Object::getClass)
        .containsExactlyInAnyOrder((Class<?>[]) Command.class.getPermittedSubclasses());
    assertThat(some.outcomes())
        .extracting(Object::getClass)
        .containsExactlyInAnyOrder((Class<?>[]) Outcome.class.getPermittedSubclasses());
    assertThat(some.claimQuestions())
        .extracting(Object::getClass)
        .containsExactlyInAnyOrder((Class<?>[]) ClaimQuestion.class.getPermittedSubclasses());
    assertThat(some.answers())
        .extracting(Object::getClass)
        .contains((Class<?>[]) CommandAnswer.class.getPermittedSubclasses());
  }

  @Test
  void command_isReadAsItWasWritten() {
    for (RoutedCommand command : commands(200)) {
      assertThat(thereAndBack(RoutedCommandFormat.INSTANCE, command)).isEqualTo(command);
    }
  }

  @Test
  void answer_isReadAsItWasWritten() {
    for (CommandAnswer answer : answers(200)) {
      assertThat(thereAndBack(CommandAnswerFormat.INSTANCE, answer)).isEqualTo(answer);
    }
  }

  @Test
  void claim_isReadAsItWasWritten() {
    for (long seed = 0; seed < 200; seed++) {
      SomeMessages some = new SomeMessages(seed);
      for (ClaimQuestion question : some.claimQuestions()) {
        assertThat(thereAndBack(ClaimFormats.QUESTION, question)).isEqualTo(question);
      }
      ClaimsGranted granted = some.granted();
      assertThat(thereAndBack(ClaimFormats.GRANTED, granted)).isEqualTo(granted);
    }
  }

  @Test
  void messageCutShort_isRefused() {
    SomeMessages some = new SomeMessages(3);
    some.claimQuestions().forEach(question -> cutEverywhere(ClaimFormats.QUESTION, question));
    cutEverywhere(ClaimFormats.GRANTED, some.granted());
    commands(5).forEach(command -> cutEverywhere(RoutedCommandFormat.INSTANCE, command));
    answers(5).forEach(answer -> cutEverywhere(CommandAnswerFormat.INSTANCE, answer));
    cutEverywhere(Routes.SESSION_OVERLOOKED.format(), new SessionOverlooked(new UUID(1, 2)));
    cutEverywhere(Routes.EVENTS_COMMITTED.format(), EventsCommitted.INSTANCE);
  }

  private static <T> void cutEverywhere(WireFormat<T> format, T message) {
    Buffer whole = written(format, message);
    for (int length = 0; length < whole.length(); length++) {
      Buffer cut = whole.getBuffer(0, length);
      refused(format, cut);
      if (length >= LENGTH_AT + Integer.BYTES) {
        cut.setInt(LENGTH_AT, length - LENGTH_AT - Integer.BYTES);
        refused(format, cut);
      }
    }
  }

  @Test
  void messageThatGoesOn_isRefused() {
    for (RoutedCommand command : commands(1)) {
      Buffer longer = written(RoutedCommandFormat.INSTANCE, command).appendByte((byte) 0);
      longer.setInt(LENGTH_AT, longer.getInt(LENGTH_AT) + 1);
      refused(RoutedCommandFormat.INSTANCE, longer);
    }
  }

  @Test
  void messageOfAnotherVersion_isRefused() {
    for (Route<?> route : Routes.all()) {
      for (int version = 0; version < 256; version++) {
        if (version != 1) {
          Buffer other = Buffer.buffer().appendUnsignedByte((short) version).appendInt(0);
          assertThatIllegalArgumentException()
              .isThrownBy(() -> route.format().read(other, 0))
              .withMessageContaining("unknown version " + version);
        }
      }
    }
  }

  @Test
  void commandOfUnknownKind_isRefused() {
    Buffer command =
        written(
            RoutedCommandFormat.INSTANCE,
            new RoutedCommand(new Command.Touch(new UUID(1, 2)), 1_000));
    command.setByte(LENGTH_AT + Integer.BYTES + Long.BYTES, (byte) 250);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> RoutedCommandFormat.INSTANCE.read(command, 0))
        .withMessageContaining("no Command has the number 250");
  }

  /** Whatever a message is turned into, it is read as a message or refused. */
  @Test
  void garbledMessage_isReadOrRefused() {
    Random random = new Random(7);
    int refused = 0;
    for (RoutedCommand command : commands(50)) {
      refused += garble(RoutedCommandFormat.INSTANCE, command, random);
    }
    for (CommandAnswer answer : answers(50)) {
      refused += garble(CommandAnswerFormat.INSTANCE, answer, random);
    }
    assertThat(refused).isPositive();
  }

  private static <T> int garble(WireFormat<T> format, T message, Random random) {
    Buffer whole = written(format, message);
    int refused = 0;
    for (int at = 0; at < whole.length(); at++) {
      Buffer garbled = whole.copy().setByte(at, (byte) random.nextInt());
      try {
        format.read(garbled, 0);
      } catch (IllegalArgumentException expected) {
        refused++;
      }
    }
    return refused;
  }

  @Test
  void message_isReadFromTheMiddleOfABuffer() {
    for (RoutedCommand command : commands(3)) {
      Buffer buffer = Buffer.buffer("what comes before");
      int at = buffer.length();
      RoutedCommandFormat.INSTANCE.write(command, buffer);
      buffer.appendString("what comes behind");
      assertThat(RoutedCommandFormat.INSTANCE.read(buffer, at)).isEqualTo(command);
    }
  }

  @Test
  void kindWithoutForm_isFoundWhenTheTableIsMade() {
    Variants<Outcome> incomplete =
        Variants.of(Outcome.class).with(1, Outcome.NotLive.class, Outcome.NotLive.INSTANCE);
    assertThatIllegalStateException()
        .isThrownBy(incomplete::complete)
        .withMessageContaining("no form on the wire");
    assertThatIllegalStateException()
        .isThrownBy(() -> incomplete.with(1, Outcome.NotLive.class, Outcome.NotLive.INSTANCE));
  }

  private static List<RoutedCommand> commands(int ofEach) {
    List<RoutedCommand> commands = new ArrayList<>();
    for (long seed : LongStream.range(0, ofEach).toArray()) {
      new SomeMessages(seed)
          .commands()
          .forEach(command -> commands.add(new RoutedCommand(command, 1_000 + seed)));
    }
    return commands;
  }

  private static List<CommandAnswer> answers(int ofEach) {
    List<CommandAnswer> answers = new ArrayList<>();
    for (long seed : LongStream.range(0, ofEach).toArray()) {
      answers.addAll(new SomeMessages(seed).answers());
    }
    return answers;
  }

  private static <T> T thereAndBack(WireFormat<T> format, T message) {
    return format.read(written(format, message), 0);
  }

  private static <T> Buffer written(WireFormat<T> format, T message) {
    Buffer buffer = Buffer.buffer();
    format.write(message, buffer);
    return buffer;
  }

  private static <T> void refused(WireFormat<T> format, Buffer buffer) {
    assertThatIllegalArgumentException().isThrownBy(() -> format.read(buffer, 0));
  }
}
