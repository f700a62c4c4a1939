package dev.curfew.bus;

/** Shards have another owner than before, or a member comes or goes: the rows are to be read. */
public record ShardsMoved() {
  public static final ShardsMoved INSTANCE = new ShardsMoved();
}
