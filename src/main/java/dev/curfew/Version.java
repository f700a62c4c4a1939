package dev.curfew;

import picocli.CommandLine;

/** Which build this is, as its manifest says, or the one who starts it without the jar. */
public final class Version implements CommandLine.IVersionProvider {
  /** Set where the classes are started from a directory, as in the container image. */
  private static final String PROPERTY = "curfew.version";

  /** The number of a build that was not packaged. */
  private static final String UNPACKAGED = "development";

  /** The version number alone. */
  public static String number() {
    String packaged = Version.class.getPackage().getImplementationVersion();
    return packaged == null ? System.getProperty(PROPERTY, UNPACKAGED) : packaged;
  }

  @Override
  public String[] getVersion() {
    return new String[] {"curfew " + number(), "Java " + Runtime.version()};
  }
}
