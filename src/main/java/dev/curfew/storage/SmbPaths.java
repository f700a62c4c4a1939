package dev.curfew.storage;

/** Paths in a share: parts divided by backslashes, empty for the share itself. */
final class SmbPaths {
  private SmbPaths() {}

  static String parent(String path) {
    return path.substring(0, Math.max(0, path.lastIndexOf('\\')));
  }

  static String last(String path) {
    return path.substring(path.lastIndexOf('\\') + 1);
  }

  static String sibling(String path, String name) {
    return child(parent(path), name);
  }

  static String child(String folder, String name) {
    return folder.isEmpty() ? name : folder + "\\" + name;
  }
}
