package dev.curfew.bus;

import dev.curfew.lease.Claim;
import dev.curfew.lease.Work;

/** Claims of other members on the wire, and what they are answered with. */
final class ClaimFormats {
  private static final int VERSION = 1;

  private static final Variants<ClaimQuestion> QUESTIONS =
      Variants.of(ClaimQuestion.class)
          .with(
              1,
              ClaimQuestion.Ask.class,
              (to, ask) -> {
                to.id(ask.id());
                to.choice(ask.work());
                to.text(ask.instance());
                to.number(ask.most());
              },
              from ->
                  new ClaimQuestion.Ask(
                      from.id(), from.choice(Work.class), from.text(), from.number()))
          .with(
              2,
              ClaimQuestion.Withdraw.class,
              (to, withdraw) -> to.id(withdraw.id()),
              from -> new ClaimQuestion.Withdraw(from.id()))
          .complete();

  static final WireFormat<ClaimQuestion> QUESTION =
      new MessageFormat<>("claim", VERSION, QUESTIONS::write, QUESTIONS::read);

  static final WireFormat<ClaimsGranted> GRANTED =
      new MessageFormat<>(
          "claim's answer",
          VERSION,
          (to, granted) -> to.list(granted.claims(), ClaimFormats::claim),
          from -> new ClaimsGranted(from.list(ClaimFormats::claim)));

  private ClaimFormats() {}

  private static void claim(WireWriter to, Claim claim) {
    to.id(claim.sessionId());
    to.choice(claim.work());
    to.text(claim.owner());
    to.number(claim.token());
    to.number(claim.leaseUntil());
    to.number(claim.attempt());
  }

  private static Claim claim(WireReader from) {
    return new Claim(
        from.id(),
        from.choice(Work.class),
        from.text(),
        from.largeNumber(),
        from.largeNumber(),
        from.number());
  }
}
