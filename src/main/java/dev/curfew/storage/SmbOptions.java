package dev.curfew.storage;

import dev.curfew.config.Secret;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.Duration;
import java.util.regex.Pattern;

/**
 * A folder of a share that is reached by SMB 3.
 *
 * @param host name or address of the server
 * @param port 445 unless it is told otherwise
 * @param share its name, without slashes
 * @param folder inside the share, parts divided by slashes; empty for the share itself. It is made
 *     when missing
 * @param domain of the user; empty for one of the server's own
 * @param user a guest is not enough: nothing could be signed
 * @param encrypt whether all that is sent is encrypted; it is signed in any case
 * @param timeout for each request, of which a transfer has many
 */
public record SmbOptions(
    String host,
    int port,
    String share,
    String folder,
    String domain,
    String user,
    Secret password,
    boolean encrypt,
    Duration timeout) {
  /** Where SMB is spoken unless it is told otherwise. */
  public static final int DEFAULT_PORT = 445;

  private static final String PART = "(?!\\.{1,2}(/|$))[^\\\\/:*?\"<>|\\p{Cntrl}]+";
  private static final Pattern SHARE = Pattern.compile(PART);
  private static final Pattern FOLDER = Pattern.compile("(" + PART + "(/" + PART + ")*)?");

  public SmbOptions {
    if (!SHARE.matcher(share).matches()) {
      throw new IllegalArgumentException("not a name of a share: " + share);
    }
    if (!FOLDER.matcher(folder).matches()) {
      throw new IllegalArgumentException("not a folder of a share: " + folder);
    }
  }

  /** The address of the folder. */
  public String location() {
    String path = "/" + share + (folder.isEmpty() ? "" : "/" + folder);
    try {
      return new URI("smb", null, host, port == DEFAULT_PORT ? -1 : port, path, null, null)
          .toASCIIString();
    } catch (URISyntaxException e) {
      throw new IllegalStateException("the host or folder of the share make no address", e);
    }
  }

  /** The path in the share of what has this name in the store. */
  String path(String name) {
    return root().isEmpty() ? name.replace('/', '\\') : root() + "\\" + name.replace('/', '\\');
  }

  /** The path in the share of the store's own folder. */
  String root() {
    return folder.replace('/', '\\');
  }

  /** The server, for people. */
  String server() {
    return host + (port == DEFAULT_PORT ? "" : ":" + port);
  }
}
