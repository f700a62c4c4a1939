package dev.curfew.storage;

import java.util.regex.Pattern;

/**
 * Names of objects: parts divided by forward slashes, of letters, digits, dot, hyphen and
 * underscore, none beginning with a dot or longer than 200 characters. Such a name means the same
 * on a folder, a share, S3 and Azure Blob, and needs escaping in none.
 */
public final class ObjectName {
  private static final String PART = "[A-Za-z0-9_-][A-Za-z0-9._-]{0,199}";
  private static final Pattern NAME = Pattern.compile(PART + "(/" + PART + ")*");

  private ObjectName() {}

  /**
   * The name itself.
   *
   * @throws IllegalArgumentException when it is not one
   */
  public static String require(String name) {
    if (!NAME.matcher(name).matches()) {
      throw new IllegalArgumentException("not a name of an object: " + name);
    }
    return name;
  }

  /** What follows the last slash. */
  public static String last(String name) {
    return name.substring(name.lastIndexOf('/') + 1);
  }
}
