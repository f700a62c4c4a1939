package dev.curfew;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Option;

/** How a command shows what it found. */
final class OutputOptions {
  enum Form {
    TABLE,
    JSON
  }

  @Option(
      names = {"-o", "--output"},
      paramLabel = "table|json",
      defaultValue = "table",
      description = "How to print: ${DEFAULT-VALUE} unless said otherwise.")
  private Form form = Form.TABLE;

  /** Whether JSON is wanted. */
  boolean json() {
    return form == Form.JSON;
  }

  /**
   * Prints objects.
   *
   * @param columns fields to show in a table; a dot goes into an object
   */
  void print(List<JsonObject> items, String... columns) {
    if (json()) {
      System.out.println(new JsonArray(new ArrayList<Object>(items)).encodePrettily());
      return;
    }
    List<String[]> rows = new ArrayList<>();
    rows.add(columns);
    for (JsonObject item : items) {
      String[] row = new String[columns.length];
      for (int i = 0; i < columns.length; i++) {
        row[i] = field(item, columns[i]);
      }
      rows.add(row);
    }
    printTable(rows);
  }

  /** Prints one object, field by field. */
  void print(JsonObject item) {
    if (json()) {
      System.out.println(item.encodePrettily());
      return;
    }
    List<String[]> rows = new ArrayList<>();
    for (String name : item.fieldNames()) {
      rows.add(new String[] {name, text(item.getValue(name))});
    }
    printTable(rows);
  }

  private static String field(JsonObject item, String path) {
    int dot = path.indexOf('.');
    if (dot < 0) {
      return text(item.getValue(path));
    }
    JsonObject inner = item.getJsonObject(path.substring(0, dot));
    return inner == null ? "" : field(inner, path.substring(dot + 1));
  }

  private static String text(@org.jspecify.annotations.Nullable Object value) {
    return value == null ? "-" : value.toString();
  }

  private static void printTable(List<String[]> rows) {
    int[] widths = new int[rows.isEmpty() ? 0 : rows.get(0).length];
    for (String[] row : rows) {
      for (int i = 0; i < row.length; i++) {
        widths[i] = Math.max(widths[i], row[i].length());
      }
    }
    for (String[] row : rows) {
      StringBuilder line = new StringBuilder();
      for (int i = 0; i < row.length; i++) {
        line.append(row[i]).append(" ".repeat(widths[i] - row[i].length() + 2));
      }
      System.out.println(line.toString().stripTrailing());
    }
  }
}
