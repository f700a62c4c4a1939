package dev.curfew.contract;

import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One method on one path template.
 *
 * @param id the operationId
 * @param method in capitals
 * @param parameters those of the path and of the operation, with references resolved
 * @param definition the Operation Object as it stands in the document
 */
record Operation(
    String id,
    String method,
    PathTemplate path,
    List<JsonObject> parameters,
    JsonObject definition) {

  /** The declared parameters of one place: path, query or header. */
  List<JsonObject> parametersIn(String place) {
    return parameters.stream().filter(p -> place.equals(p.getString("in"))).toList();
  }

  @Override
  public String toString() {
    return method + " " + path.template() + " (" + id + ")";
  }

  /**
   * A path with parts in braces. A part never reaches over a slash.
   *
   * @param names of the parts, in order
   */
  record PathTemplate(String template, List<String> names, Pattern pattern) {
    private static final Pattern PART = Pattern.compile("\\{([^/{}]+)}");

    static PathTemplate of(String template, boolean ignoringCase) {
      List<String> names = new ArrayList<>();
      StringBuilder expression = new StringBuilder();
      Matcher part = PART.matcher(template);
      int literal = 0;
      while (part.find()) {
        expression.append(Pattern.quote(template.substring(literal, part.start())));
        expression.append("([^/]+)");
        names.add(part.group(1));
        literal = part.end();
      }
      expression.append(Pattern.quote(template.substring(literal)));
      int flags = ignoringCase ? Pattern.CASE_INSENSITIVE : 0;
      return new PathTemplate(
          template, List.copyOf(names), Pattern.compile(expression.toString(), flags));
    }

    /** The parts' values by name, still percent-encoded; empty when the path is another. */
    Optional<Map<String, String>> match(String path) {
      Matcher matcher = pattern.matcher(path);
      if (!matcher.matches()) {
        return Optional.empty();
      }
      Map<String, String> values = new LinkedHashMap<>();
      for (int i = 0; i < names.size(); i++) {
        values.put(names.get(i), matcher.group(i + 1));
      }
      return Optional.of(values);
    }
  }
}
