package dev.curfew.api.admin;

import dev.curfew.fault.CurfewException;
import java.util.Base64;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The {@code Content-Digest} header of RFC 9530, as far as SHA-256 goes. */
final class ContentDigest {
  private static final Pattern SHA_256 =
      Pattern.compile("(?:^|,)\\s*sha-256=:([A-Za-z0-9+/]{43}=):\\s*(?:,|$)");

  private ContentDigest() {}

  static byte[] sha256(@Nullable String header) {
    Matcher matcher = SHA_256.matcher(header == null ? "" : header);
    if (!matcher.find()) {
      throw CurfewException.invalid("Content-Digest", "is required in the form sha-256=:<base64>:");
    }
    return Base64.getDecoder().decode(matcher.group(1));
  }
}
