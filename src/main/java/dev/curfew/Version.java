package dev.curfew;

import picocli.CommandLine;

/** Which build this is, as its manifest says. */
public final class Version implements CommandLine.IVersionProvider {
  /** The number of a build that was not packaged. */
  private static final String UNPACKAGED = "development";

  /** The version number alone. */
  public static String number() {
    String packaged = Version.class.getPackage().getImplementationVersion();
    return packaged == null ? UNPACKAGED : packaged;
  }

  @Override
  public String[] getVersion() {
    return new String[] {"curfew " + number(), "Java " + Runtime.version()};
  }
}
