package dev.curfew.api.am;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.curfew.api.am.QueryFilter.Comparison;
import dev.curfew.fault.CurfewException;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class QueryFilterTest {
  private static final Comparison ALICE = new Comparison("username", "eq", "alice");
  private static final Comparison ROOT = new Comparison("realm", "eq", "/");

  static Stream<Arguments> filters() {
    return Stream.of(
        filter("realm eq \"/\"", ROOT),
        filter("username eq \"alice\" and realm eq \"/\"", ALICE, ROOT),
        filter("username eq 'alice' AND realm EQ '/'", ALICE, ROOT),
        filter("/username eq \"alice\" and /realm eq \"/\"", ALICE, ROOT),
        filter("(username eq \"alice\")and(realm eq \"/\")", ALICE, ROOT),
        filter("((username eq \"alice\" and (realm eq \"/\")))", ALICE, ROOT),
        filter("  realm   eq   \"/\"  ", ROOT),
        filter("username sw \"a\"", new Comparison("username", "sw", "a")),
        filter("foo eq \"\"", new Comparison("foo", "eq", "")),
        filter("foo eq \"a\\\"b\\\\c\"", new Comparison("foo", "eq", "a\"b\\c")),
        filter("foo eq \"and ) (\"", new Comparison("foo", "eq", "and ) (")));
  }

  private static Arguments filter(String text, Comparison... comparisons) {
    return Arguments.of(text, comparisons);
  }

  @ParameterizedTest
  @MethodSource("filters")
  void filter_isAListOfComparisons(String text, Comparison[] comparisons) {
    assertThat(QueryFilter.parse(text).comparisons()).containsExactly(comparisons);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " ",
        "username",
        "username eq",
        "username eq alice",
        "username eq \"alice",
        "username eq \"alice\\",
        "(username eq \"a\"",
        "username eq \"a\")",
        "and",
        "username eq \"a\" or realm eq \"/\"",
        "username eq \"a\" realm eq \"/\"",
        "!(username eq \"a\")",
        "username eq \"a\" and",
        "username pr",
        "true",
        "eq \"a\""
      })
  void otherText_isRefused(String text) {
    assertThatThrownBy(() -> QueryFilter.parse(text))
        .isInstanceOf(CurfewException.class)
        .hasMessageContaining("_queryFilter");
  }

  @ParameterizedTest
  @ValueSource(ints = {40, 100_000})
  void manyParentheses_areRefused(int depth) {
    assertThatThrownBy(() -> QueryFilter.parse("(".repeat(depth) + "realm eq \"/\""))
        .isInstanceOf(CurfewException.class);
  }
}
