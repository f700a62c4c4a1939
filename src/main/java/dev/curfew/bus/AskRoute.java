package dev.curfew.bus;

/**
 * A kind of question that members answer each other: an address of the event bus for each member
 * that answers, and what travels there and back.
 *
 * @param address what the addresses begin with; the answering member's id follows
 */
public record AskRoute<Q, A>(String address, Route<Q> question, Route<A> answer) {
  public AskRoute(
      String address,
      Class<Q> questionType,
      WireFormat<Q> questionFormat,
      Class<A> answerType,
      WireFormat<A> answerFormat) {
    this(
        address,
        new Route<>(address + ".question", questionType, questionFormat),
        new Route<>(address + ".answer", answerType, answerFormat));
  }

  String addressOf(java.util.UUID member) {
    return address + "." + member;
  }
}
