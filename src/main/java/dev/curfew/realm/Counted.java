package dev.curfew.realm;

import java.util.List;

/**
 * Part of a list whose whole length is known.
 *
 * @param total how many there are in all
 */
public record Counted<T>(List<T> items, long total) {
  public Counted {
    items = List.copyOf(items);
  }
}
