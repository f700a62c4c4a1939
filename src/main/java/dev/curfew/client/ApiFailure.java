package dev.curfew.client;

/** The node refused a call or did not answer. The message is one line for a person. */
public final class ApiFailure extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final int status;

  /**
   * @param status the HTTP status; 0 when there was no answer
   */
  public ApiFailure(int status, String message) {
    super(message);
    this.status = status;
  }

  public int status() {
    return status;
  }
}
