package dev.curfew.bus;

/** A question to another member got no answer. */
public final class AskException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final boolean mayHaveArrived;

  public AskException(String message, boolean mayHaveArrived) {
    super(message, null, false, false);
    this.mayHaveArrived = mayHaveArrived;
  }

  /** Whether the question may have arrived and been acted upon. */
  public boolean mayHaveArrived() {
    return mayHaveArrived;
  }
}
