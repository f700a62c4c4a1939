package dev.curfew.contract;

import dev.curfew.api.ApiRoute;
import dev.curfew.api.Need;
import dev.curfew.auth.Role;
import dev.curfew.auth.Scope;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The reviewed table of who may call what, as {@code routes.txt} has it: method, path, what the
 * caller needs, what another user of the realm and an administrator of another realm are answered,
 * and a body that is valid where one is needed to get as far as the object.
 */
final class RouteTable {
  private RouteTable() {}

  /**
   * @param needs as {@link #needs(Need)} says it
   * @param otherUser the status for another user with the first of the scopes; null when there is
   *     no object
   * @param otherRealm the status for an administrator of another realm; null likewise
   * @param body a valid body, with placeholders; null for none
   */
  record Row(
      String method,
      String path,
      String needs,
      @Nullable Integer otherUser,
      @Nullable Integer otherRealm,
      @Nullable String body) {
    String key() {
      return method + " " + path;
    }

    @Override
    public String toString() {
      return key();
    }
  }

  static List<Row> read() {
    try (InputStream in = RouteTable.class.getResourceAsStream("routes.txt");
        BufferedReader lines =
            new BufferedReader(
                new InputStreamReader(Objects.requireNonNull(in), StandardCharsets.UTF_8))) {
      List<Row> rows = new ArrayList<>();
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        if (!line.isBlank() && !line.startsWith("#")) {
          rows.add(row(line));
        }
      }
      return rows;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Row row(String line) {
    String[] cells = line.strip().split("\\s+", 6);
    if (cells.length < 5) {
      throw new AssertionError("routes.txt: " + line);
    }
    return new Row(
        cells[0],
        cells[1],
        cells[2],
        status(cells[3]),
        status(cells[4]),
        cells.length == 6 ? cells[5] : null);
  }

  private static @Nullable Integer status(String cell) {
    return cell.equals("-") ? null : Integer.valueOf(cell);
  }

  static String key(ApiRoute route) {
    return route.method() + " " + route.path();
  }

  /**
   * In one word: {@code open}, {@code own}, {@code credential}, or the scopes of which one is
   * needed, behind the least role where there is one.
   */
  static String needs(Need need) {
    if (need.kind() != Need.Kind.CREDENTIAL) {
      return need.kind() == Need.Kind.OWN ? "own" : "open";
    }
    String scopes = need.anyOf().stream().map(Scope::wireName).collect(Collectors.joining("|"));
    Role role = need.role();
    if (role == null) {
      return scopes.isEmpty() ? "credential" : scopes;
    }
    return role + (scopes.isEmpty() ? "" : "+" + scopes);
  }
}
