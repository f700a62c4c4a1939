package dev.curfew.api.psm;

import org.jspecify.annotations.Nullable;
import ua_parser.Parser;

/** The operating system behind a User-Agent, as the PSM dialect names it. */
final class Platforms {
  private static final int LONGEST_READ = 512;

  /** Loaded when first asked for: it compiles a thousand patterns. */
  private static final class Known {
    static final Parser PARSER = new Parser();
  }

  private Platforms() {}

  static String of(@Nullable String userAgent) {
    if (userAgent == null || userAgent.isBlank()) {
      return "Unknown";
    }
    String read =
        userAgent.length() > LONGEST_READ ? userAgent.substring(0, LONGEST_READ) : userAgent;
    String family = Known.PARSER.parseOS(read).family;
    return switch (family == null ? "" : family) {
      case "Windows" -> "Windows";
      case "Mac OS X", "Mac OS", "macOS" -> "macOS";
      case "iOS" -> "iOS";
      case "Android" -> "Android";
      case "Chrome OS" -> "ChromeOS";
      case "Linux",
          "Ubuntu",
          "Debian",
          "Fedora",
          "Red Hat",
          "CentOS",
          "SUSE",
          "Arch Linux",
          "Linux Mint",
          "Gentoo",
          "Kubuntu",
          "Slackware",
          "Mandriva" ->
          "Linux";
      default -> "Unknown";
    };
  }
}
