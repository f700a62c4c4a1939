package dev.curfew.bus;

import dev.curfew.fault.ErrorCode;
import dev.curfew.lease.Claim;
import dev.curfew.lease.Work;
import dev.curfew.session.Command;
import dev.curfew.session.EndReason;
import dev.curfew.session.Initiator;
import dev.curfew.session.NewSession;
import dev.curfew.session.Outcome;
import dev.curfew.session.SecretDigest;
import dev.curfew.session.SessionKind;
import dev.curfew.session.SessionState;
import dev.curfew.session.SessionView;
import dev.curfew.session.Terms;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Commands and answers with any content. */
final class SomeMessages {
  private final Random random;

  SomeMessages(long seed) {
    this.random = new Random(seed);
  }

  /** One of every kind. */
  List<Command> commands() {
    return List.of(
        new Command.Create(newSession(), initiator(), random.nextLong()),
        new Command.Activate(id(), initiator()),
        new Command.Heartbeat(id(), random.nextInt(), maybe(this::text)),
        new Command.Touch(id()),
        new Command.ReadToken(id(), digest()),
        new Command.TouchToken(id(), digest()),
        new Command.Extend(id(), random.nextLong(), random.nextLong(), initiator()),
        new Command.Revoke(id(), initiator(), maybe(this::text)),
        new Command.Stop(id(), initiator(), any(EndReason.values())),
        new Command.NoteAlive(id()),
        new Command.Finish(id()),
        new Command.Observe(id()));
  }

  /** One of every kind. */
  List<Outcome> outcomes() {
    return List.of(
        new Outcome.Done(view(), random.nextBoolean()),
        new Outcome.Refused(any(ErrorCode.values()), text(), maybe(this::view), random.nextLong()),
        Outcome.NotLive.INSTANCE);
  }

  /** One of every kind, with every outcome. */
  List<CommandAnswer> answers() {
    List<CommandAnswer> answers = new ArrayList<>();
    outcomes().forEach(outcome -> answers.add(new CommandAnswer.Settled(outcome)));
    answers.add(CommandAnswer.Elsewhere.INSTANCE);
    answers.add(new CommandAnswer.Failed(any(ErrorCode.values()), text()));
    return answers;
  }

  /** One of every kind. */
  List<ClaimQuestion> claimQuestions() {
    return List.of(
        new ClaimQuestion.Ask(id(), any(Work.values()), text(), random.nextInt()),
        new ClaimQuestion.Withdraw(id()));
  }

  ClaimsGranted granted() {
    return new ClaimsGranted(
        Stream.generate(
                () ->
                    new Claim(
                        id(),
                        any(Work.values()),
                        text(),
                        random.nextLong(),
                        random.nextLong(),
                        random.nextInt()))
            .limit(random.nextInt(4))
            .toList());
  }

  private NewSession newSession() {
    return new NewSession(
        id(),
        random.nextLong(),
        any(SessionKind.values()),
        random.nextLong(),
        terms(),
        random.nextLong(),
        random.nextLong(),
        random.nextBoolean(),
        maybe(this::text),
        random.nextBoolean(),
        new NewSession.Details(
            text(),
            maybe(this::text),
            maybe(this::text),
            maybe(
                () ->
                    new NewSession.CheckoutOpening(
                        random.nextLong(), random.nextInt(), maybe(this::text))),
            maybe(() -> new NewSession.Token(digest(), text())),
            random.nextBoolean()));
  }

  private SessionView view() {
    return new SessionView(
        id(),
        random.nextLong(),
        any(SessionKind.values()),
        any(SessionState.values()),
        maybe(() -> any(EndReason.values())),
        random.nextLong(),
        terms(),
        random.nextLong(),
        random.nextLong(),
        random.nextInt(),
        maybe(this::text),
        random.nextLong(),
        random.nextLong(),
        random.nextLong());
  }

  private Terms terms() {
    return new Terms(
        random.nextInt(),
        random.nextInt(),
        duration(),
        random.nextBoolean() ? 0 : duration(),
        random.nextBoolean() ? 0 : duration(),
        random.longs(random.nextInt(4), 1, Terms.LONGEST).toArray());
  }

  private long duration() {
    return 1 + random.nextLong(Terms.LONGEST);
  }

  private Initiator initiator() {
    return new Initiator(any(Initiator.Kind.values()), random.nextLong(), text());
  }

  private SecretDigest digest() {
    return new SecretDigest(
        random.nextLong(), random.nextLong(), random.nextLong(), random.nextLong());
  }

  private UUID id() {
    return new UUID(random.nextLong(), random.nextLong());
  }

  /** Of one to four bytes a character. */
  private String text() {
    StringBuilder text = new StringBuilder();
    for (int i = random.nextInt(20); i > 0; i--) {
      text.appendCodePoint(any(new Integer[] {0, (int) 'a', (int) '"', 0xE9, 0x20AC, 0x1F512}));
    }
    return text.toString();
  }

  private <T> @Nullable T maybe(Supplier<T> value) {
    return random.nextBoolean() ? value.get() : null;
  }

  private <T> T any(T[] values) {
    return values[random.nextInt(values.length)];
  }
}
