package dev.curfew.session;

import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A session to be opened.
 *
 * @param startsAt when access begins; 0 for now
 * @param duration milliseconds from the start to the hard deadline
 * @param approvedOnly whether it waits in APPROVED for its first use
 * @param owner the gateway process, if it is known already
 * @param effects whether something outside must be undone when it ends
 * @param details what the database keeps beside the rules' own fields
 */
public record NewSession(
    UUID id,
    long numericId,
    SessionKind kind,
    long userId,
    Terms terms,
    long startsAt,
    long duration,
    boolean approvedOnly,
    @Nullable String owner,
    boolean effects,
    Details details) {

  /**
   * What is stored with a session and never decided on.
   *
   * @param attributes a JSON object
   * @param checkout the checkout that opens together with the session
   * @param token what opens the session, for one that is opened by a token
   * @param reserved whether a place was reserved for the session, without which it must not begin:
   *     the reservation is used up together with the creation
   */
  public record Details(
      String attributes,
      @Nullable String ipv4Address,
      @Nullable String ipv6Address,
      @Nullable CheckoutOpening checkout,
      @Nullable Token token,
      boolean reserved) {
    public static final Details NONE = new Details("{}", null, null, null);

    /** Of a session without a token, outside any quota. */
    public Details(
        String attributes,
        @Nullable String ipv4Address,
        @Nullable String ipv6Address,
        @Nullable CheckoutOpening checkout) {
      this(attributes, ipv4Address, ipv6Address, checkout, null, false);
    }
  }

  /**
   * How a token session is opened and what is kept with it.
   *
   * @param properties a JSON object
   */
  public record Token(SecretDigest secret, String properties) {}

  /** A credential lent for the duration of the session. */
  public record CheckoutOpening(long id, int credentialId, @Nullable String targetHost) {}
}
