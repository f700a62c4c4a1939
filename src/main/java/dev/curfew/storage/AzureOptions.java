package dev.curfew.storage;

import dev.curfew.config.Secret;
import java.net.URI;
import java.time.Duration;
import java.util.Optional;

/**
 * A container of Azure Blob Storage. Either the account's key or a token is needed.
 *
 * @param endpoint of the account's blob service, as {@code https://ACCOUNT.blob.core.windows.net};
 *     where the account is not in the host's name it is the path, as {@code
 *     http://127.0.0.1:10000/ACCOUNT}
 * @param prefix of all blobs' names, names divided by slashes; empty for none
 * @param accountKey in Base64, as Azure shows it
 * @param sasToken a shared access signature for the container, the query as Azure shows it; it has
 *     to allow to read, create, write, delete and list
 * @param timeout how long a call may take, beside the time for its bytes
 */
public record AzureOptions(
    URI endpoint,
    String account,
    String container,
    String prefix,
    Optional<Secret> accountKey,
    Optional<Secret> sasToken,
    Duration timeout) {

  public AzureOptions {
    if (!prefix.isEmpty()) {
      ObjectName.require(prefix);
    }
    if (accountKey.isPresent() == sasToken.isPresent()) {
      throw new IllegalArgumentException("either the account's key or a token is needed");
    }
  }

  /** The address of the container and prefix. */
  public String location() {
    String service = endpoint.toString().replaceAll("/+$", "");
    return service + "/" + container + (prefix.isEmpty() ? "" : "/" + prefix);
  }

  /** The blob of what has this name in the store. */
  String blob(String name) {
    return prefix.isEmpty() ? name : prefix + "/" + name;
  }

  /** The name in the store of what is this blob. */
  String name(String blob) {
    return prefix.isEmpty() ? blob : blob.substring(prefix.length() + 1);
  }
}
