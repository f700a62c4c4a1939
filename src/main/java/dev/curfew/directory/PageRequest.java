package dev.curfew.directory;

import dev.curfew.fault.CurfewException;
import dev.curfew.fault.ErrorCode;
import dev.curfew.realm.Page;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Which part of a list is wanted.
 *
 * @param limit from 1 to {@link #MOST}
 * @param after the cursor of the page before; null for the first page
 */
public record PageRequest(int limit, @Nullable String after) {
  public static final int USUAL = 50;
  public static final int MOST = 500;
  public static final PageRequest FIRST = new PageRequest(USUAL, null);

  private static final int LONGEST_CURSOR = 1_024;

  public PageRequest {
    if (limit < 1 || limit > MOST) {
      throw CurfewException.invalid("limit", "must be from 1 to " + MOST);
    }
  }

  /** The part of a list of sessions that follows this one. */
  public static PageRequest behind(int limit, UUID sessionId) {
    return new PageRequest(limit, cursor(sessionId.toString()));
  }

  static String cursor(String key) {
    return Base64.getUrlEncoder()
        .withoutPadding()
        .encodeToString(key.getBytes(StandardCharsets.UTF_8));
  }

  /**
   * The key behind which the page begins.
   *
   * @throws CurfewException BAD_CURSOR when the cursor is not one of this list
   */
  public <K> Optional<K> key(Function<String, K> parse) {
    String cursor = after;
    if (cursor == null) {
      return Optional.empty();
    }
    try {
      if (cursor.length() <= LONGEST_CURSOR) {
        String key = new String(Base64.getUrlDecoder().decode(cursor), StandardCharsets.UTF_8);
        if (key.indexOf('\0') < 0) {
          return Optional.of(parse.apply(key));
        }
      }
    } catch (IllegalArgumentException malformed) {
      throw badCursor();
    }
    throw badCursor();
  }

  /** How many rows to ask for: one more than shown tells whether there is a page behind. */
  public int rows() {
    return limit + 1;
  }

  /**
   * The page.
   *
   * @param rows up to {@link #rows} of them
   * @param key what the page behind begins after
   */
  public <T> Page<T> page(List<T> rows, Function<T, Object> key) {
    return rows.size() <= limit
        ? new Page<>(rows, null)
        : new Page<>(rows.subList(0, limit), cursor(key.apply(rows.get(limit - 1)).toString()));
  }

  private static CurfewException badCursor() {
    return CurfewException.of(ErrorCode.BAD_CURSOR, "after", "after is not a cursor of this list");
  }
}
