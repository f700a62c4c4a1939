package dev.curfew.api;

/**
 * What body a route takes.
 *
 * @param limit most bytes that are read; more is answered with 413
 */
public record BodyRule(Form form, long limit) {
  public enum Form {
    /** None is read. */
    NONE,
    /** A JSON object; no body at all counts as {@code {}}. */
    JSON_OBJECT,
    /** The fields of a form, as {@code application/x-www-form-urlencoded}; each at most once. */
    FORM,
    /** The operation reads the request itself; it arrives paused. */
    STREAM
  }

  public static final BodyRule NONE = new BodyRule(Form.NONE, 0);
  public static final BodyRule STREAM = new BodyRule(Form.STREAM, Long.MAX_VALUE);

  public static BodyRule form(long limit) {
    return new BodyRule(Form.FORM, limit);
  }

  public static BodyRule json(long limit) {
    return new BodyRule(Form.JSON_OBJECT, limit);
  }
}
