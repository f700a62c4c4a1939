package dev.curfew.fault;

/** Every failure that Curfew reports, with the category that decides how a dialect renders it. */
public enum ErrorCode {
  /** The body is not well-formed: not JSON, not UTF-8, not an object. */
  MALFORMED_BODY(Category.INVALID),
  /** A field is missing, of the wrong type or outside its range. */
  INVALID_FIELD(Category.INVALID),
  /** An extension would pass the longest duration that policy and tier allow. */
  OVER_MAXIMUM_DURATION(Category.INVALID),
  /** The session cannot be stopped from the state it is in. */
  NOT_STOPPABLE(Category.INVALID),
  /** A page or event cursor that this installation did not issue. */
  BAD_CURSOR(Category.INVALID),

  /** No credential, or one that is unknown, expired or revoked. */
  UNAUTHENTICATED(Category.UNAUTHENTICATED),
  /** A valid credential without the scope, role or ownership that the call needs. */
  FORBIDDEN(Category.FORBIDDEN),
  /** The object does not exist, or belongs to a realm that the caller may not know of. */
  NOT_FOUND(Category.NOT_FOUND),
  /** The path exists but not with this method. */
  METHOD_NOT_ALLOWED(Category.METHOD_NOT_ALLOWED),
  /** The answer has none of the media types that the caller accepts. */
  NOT_ACCEPTABLE(Category.NOT_ACCEPTABLE),

  /** The object exists already. */
  ALREADY_EXISTS(Category.CONFLICT),
  /** The session is not in a state that allows the command. */
  WRONG_STATE(Category.CONFLICT),
  /** Another process owns the session or the recording. */
  NOT_OWNER(Category.CONFLICT),
  /** A chunk does not continue where the last one ended. */
  OFFSET_GAP(Category.CONFLICT),
  /** The count an administrator saw is not the count there is. */
  COUNT_CHANGED(Category.CONFLICT),

  /** A user has as many session tokens as their realm allows, and gets no more. */
  QUOTA_EXCEEDED(Category.UNAUTHENTICATED),
  /** What is stored is not what the writer believed. */
  REVISION_MISMATCH(Category.PRECONDITION_FAILED),

  /** Body, chunk or image over its limit. */
  TOO_LARGE(Category.TOO_LARGE),
  /**
   * Well-formed, but its meaning cannot be accepted (not an image, captured outside the session).
   */
  UNPROCESSABLE(Category.UNPROCESSABLE),
  /** Too many requests from one principal or address. */
  RATE_LIMITED(Category.RATE_LIMITED),

  /** The shard is moving, the database is away, or a bounded wait ran out; worth repeating. */
  UNAVAILABLE(Category.UNAVAILABLE),
  /** The recording store cannot take data now; worth repeating. */
  STORAGE_UNAVAILABLE(Category.UNAVAILABLE),
  /** The store answers, but what it was given is lost or altered; waiting will not help. */
  STORAGE_CORRUPT(Category.INTERNAL),
  /** This node no longer owns the shard; whether the change was made before that is not known. */
  DEPOSED(Category.UNAVAILABLE),
  /** The shard is not served here, or not any more; nothing was done. */
  MOVED(Category.UNAVAILABLE),
  /** The configuration cannot be used; the start is refused. */
  BAD_CONFIGURATION(Category.INTERNAL),
  /** A defect. */
  INTERNAL(Category.INTERNAL);

  /** What kind of answer a failure deserves. */
  public enum Category {
    INVALID(400),
    UNAUTHENTICATED(401),
    FORBIDDEN(403),
    NOT_FOUND(404),
    METHOD_NOT_ALLOWED(405),
    NOT_ACCEPTABLE(406),
    CONFLICT(409),
    PRECONDITION_FAILED(412),
    TOO_LARGE(413),
    UNPROCESSABLE(422),
    RATE_LIMITED(429),
    INTERNAL(500),
    UNAVAILABLE(503);

    private final int httpStatus;

    Category(int httpStatus) {
      this.httpStatus = httpStatus;
    }

    /** The HTTP status of this category, where the dialect has no rule of its own. */
    public int httpStatus() {
      return httpStatus;
    }
  }

  private final Category category;

  ErrorCode(Category category) {
    this.category = category;
  }

  public Category category() {
    return category;
  }

  /** The HTTP status of this failure, where the dialect has no rule of its own. */
  public int httpStatus() {
    return category.httpStatus();
  }
}
