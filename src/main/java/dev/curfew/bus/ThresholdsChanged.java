package dev.curfew.bus;

/** A subscription asks for other warnings than before: what shards know of them is to be read. */
public record ThresholdsChanged() {
  public static final ThresholdsChanged INSTANCE = new ThresholdsChanged();
}
