package dev.curfew.api.am;

import dev.curfew.fault.CurfewException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * A {@code _queryFilter} of the CREST grammar, as far as sessions can be asked for: comparisons of
 * a field with a string, joined by {@code and}, with parentheses as one likes.
 *
 * @param comparisons all of them must hold
 */
record QueryFilter(List<Comparison> comparisons) {
  private static final String PARAMETER = "_queryFilter";
  private static final int LONGEST = 2_000;
  private static final int DEEPEST = 32;

  /**
   * @param field without the slash that may precede it
   * @param operator in lower case, as {@code eq}
   */
  record Comparison(String field, String operator, String value) {}

  QueryFilter {
    comparisons = List.copyOf(comparisons);
  }

  /**
   * @throws CurfewException INVALID_FIELD for what is not of the grammar
   */
  static QueryFilter parse(String text) {
    if (text.length() > LONGEST) {
      throw CurfewException.invalid(PARAMETER, "must be at most " + LONGEST + " characters");
    }
    Parser parser = new Parser(text);
    parser.conjunction(0);
    parser.expectEnd();
    return new QueryFilter(parser.comparisons);
  }

  private static final class Parser {
    private final String text;
    private final List<Comparison> comparisons = new ArrayList<>();
    private int at;

    Parser(String text) {
      this.text = text;
    }

    /** {@code term (and term)*} */
    void conjunction(int depth) {
      if (depth > DEEPEST) {
        throw CurfewException.invalid(PARAMETER, "has too many parentheses");
      }
      term(depth);
      while (keyword("and")) {
        term(depth);
      }
    }

    /** {@code ( conjunction ) | field operator value} */
    private void term(int depth) {
      skipBlanks();
      if (at < text.length() && text.charAt(at) == '(') {
        at++;
        conjunction(depth + 1);
        skipBlanks();
        if (at >= text.length() || text.charAt(at) != ')') {
          throw unexpected("a closing parenthesis");
        }
        at++;
        return;
      }
      String field = word("a field");
      String operator = word("an operator").toLowerCase(Locale.ROOT);
      comparisons.add(
          new Comparison(field.startsWith("/") ? field.substring(1) : field, operator, value()));
    }

    private boolean keyword(String keyword) {
      skipBlanks();
      int end = at + keyword.length();
      if (text.regionMatches(true, at, keyword, 0, keyword.length())
          && (end == text.length() || text.charAt(end) == ' ' || text.charAt(end) == '(')) {
        at = end;
        return true;
      }
      return false;
    }

    private String word(String what) {
      skipBlanks();
      int begin = at;
      while (at < text.length() && " ()\"'!".indexOf(text.charAt(at)) < 0) {
        at++;
      }
      if (begin == at) {
        throw unexpected(what);
      }
      return text.substring(begin, at);
    }

    /** A string in either sort of quotes; a backslash takes the next character as it is. */
    private String value() {
      skipBlanks();
      if (at >= text.length() || (text.charAt(at) != '"' && text.charAt(at) != '\'')) {
        throw unexpected("a string in quotes");
      }
      char quote = text.charAt(at++);
      StringBuilder value = new StringBuilder();
      while (at < text.length() && text.charAt(at) != quote) {
        if (text.charAt(at) == '\\' && at + 1 < text.length()) {
          at++;
        }
        value.append(text.charAt(at++));
      }
      if (at >= text.length()) {
        throw unexpected("a closing quote");
      }
      at++;
      return value.toString();
    }

    void expectEnd() {
      skipBlanks();
      if (at < text.length()) {
        throw unexpected("and");
      }
    }

    private void skipBlanks() {
      while (at < text.length() && text.charAt(at) == ' ') {
        at++;
      }
    }

    private CurfewException unexpected(String expected) {
      return CurfewException.invalid(
          PARAMETER, "is not a filter: expected " + expected + " at character " + (at + 1));
    }
  }
}
