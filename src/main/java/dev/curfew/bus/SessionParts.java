package dev.curfew.bus;

import dev.curfew.session.EndReason;
import dev.curfew.session.Initiator;
import dev.curfew.session.NewSession;
import dev.curfew.session.SecretDigest;
import dev.curfew.session.SessionKind;
import dev.curfew.session.SessionState;
import dev.curfew.session.SessionView;
import dev.curfew.session.Terms;
import dev.curfew.session.Thresholds;
import java.util.Arrays;

/** What commands and their answers are made of, on the wire. */
final class SessionParts {
  private SessionParts() {}

  static void initiator(WireWriter to, Initiator initiator) {
    to.choice(initiator.kind());
    to.number(initiator.userId());
    to.text(initiator.name());
  }

  static Initiator initiator(WireReader from) {
    return new Initiator(from.choice(Initiator.Kind.class), from.largeNumber(), from.text());
  }

  static void digest(WireWriter to, SecretDigest digest) {
    to.number(digest.first());
    to.number(digest.second());
    to.number(digest.third());
    to.number(digest.fourth());
  }

  static SecretDigest digest(WireReader from) {
    return new SecretDigest(
        from.largeNumber(), from.largeNumber(), from.largeNumber(), from.largeNumber());
  }

  static void reason(WireWriter to, EndReason reason) {
    to.tag(reason.code());
  }

  static EndReason reason(WireReader from) {
    return EndReason.ofCode(from.tag());
  }

  static void newSession(WireWriter to, NewSession session) {
    to.id(session.id());
    to.number(session.numericId());
    to.tag(session.kind().code());
    to.number(session.userId());
    terms(to, session.terms());
    to.number(session.startsAt());
    to.number(session.duration());
    to.flag(session.approvedOnly());
    to.optional(session.owner(), WireWriter::text);
    to.flag(session.effects());
    details(to, session.details());
  }

  static NewSession newSession(WireReader from) {
    return new NewSession(
        from.id(),
        from.largeNumber(),
        SessionKind.ofCode(from.tag()),
        from.largeNumber(),
        terms(from),
        from.largeNumber(),
        from.largeNumber(),
        from.flag(),
        from.optional(WireReader::text),
        from.flag(),
        details(from));
  }

  private static void details(WireWriter to, NewSession.Details details) {
    to.text(details.attributes());
    to.optional(details.ipv4Address(), WireWriter::text);
    to.optional(details.ipv6Address(), WireWriter::text);
    to.optional(details.checkout(), SessionParts::checkout);
    to.optional(details.token(), SessionParts::token);
    to.flag(details.reserved());
  }

  private static NewSession.Details details(WireReader from) {
    return new NewSession.Details(
        from.text(),
        from.optional(WireReader::text),
        from.optional(WireReader::text),
        from.optional(SessionParts::checkout),
        from.optional(SessionParts::token),
        from.flag());
  }

  private static void checkout(WireWriter to, NewSession.CheckoutOpening checkout) {
    to.number(checkout.id());
    to.number(checkout.credentialId());
    to.optional(checkout.targetHost(), WireWriter::text);
  }

  private static NewSession.CheckoutOpening checkout(WireReader from) {
    return new NewSession.CheckoutOpening(
        from.largeNumber(), from.number(), from.optional(WireReader::text));
  }

  private static void token(WireWriter to, NewSession.Token token) {
    digest(to, token.secret());
    to.text(token.properties());
  }

  private static NewSession.Token token(WireReader from) {
    return new NewSession.Token(digest(from), from.text());
  }

  private static void terms(WireWriter to, Terms terms) {
    to.number(terms.policyId());
    to.number(terms.realmId());
    to.number(terms.maxDuration());
    to.number(terms.maxIdle());
    to.number(terms.staleAfter());
    to.list(Arrays.stream(terms.warnBefore().millis()).boxed().toList(), WireWriter::number);
  }

  private static Terms terms(WireReader from) {
    return new Terms(
        from.number(),
        from.number(),
        from.largeNumber(),
        from.largeNumber(),
        from.largeNumber(),
        Thresholds.of(
            from.list(WireReader::largeNumber).stream().mapToLong(Long::longValue).toArray()));
  }

  static void view(WireWriter to, SessionView view) {
    to.id(view.id());
    to.number(view.numericId());
    to.tag(view.kind().code());
    to.tag(view.state().code());
    to.optional(view.reason(), SessionParts::reason);
    to.number(view.userId());
    terms(to, view.terms());
    to.number(view.startedAt());
    to.number(view.expiresAt());
    to.number(view.generation());
    to.optional(view.owner(), WireWriter::text);
    to.number(view.lastAccess());
    to.number(view.lastReported());
    to.number(view.now());
  }

  static SessionView view(WireReader from) {
    return new SessionView(
        from.id(),
        from.largeNumber(),
        SessionKind.ofCode(from.tag()),
        SessionState.ofCode(from.tag()),
        from.optional(SessionParts::reason),
        from.largeNumber(),
        terms(from),
        from.largeNumber(),
        from.largeNumber(),
        from.number(),
        from.optional(WireReader::text),
        from.largeNumber(),
        from.largeNumber(),
        from.largeNumber());
  }
}
