package dev.curfew.api.am;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Text in a header beyond ASCII, as RFC 2047 encodes it: {@code =?charset?B?base64?=} and {@code
 * =?charset?Q?quoted-printable?=}. Blanks between two encoded words belong to the encoding; what is
 * no well-formed encoded word is left as it stands.
 */
final class HeaderWords {
  private static final Map<String, Charset> CHARSETS =
      Map.of(
          "utf-8", StandardCharsets.UTF_8,
          "us-ascii", StandardCharsets.US_ASCII,
          "iso-8859-1", StandardCharsets.ISO_8859_1);

  private HeaderWords() {}

  static String decode(String header) {
    int begin = header.indexOf("=?");
    if (begin < 0) {
      return header;
    }
    StringBuilder text = new StringBuilder(header.length());
    int done = 0;
    boolean afterWord = false;
    while (begin >= 0) {
      int charsetEnd = header.indexOf('?', begin + 2);
      int encodingEnd = charsetEnd < 0 ? -1 : header.indexOf('?', charsetEnd + 1);
      int end = encodingEnd < 0 ? -1 : header.indexOf("?=", encodingEnd + 1);
      String word =
          end < 0
              ? null
              : word(
                  header.substring(begin + 2, charsetEnd),
                  header.substring(charsetEnd + 1, encodingEnd),
                  header.substring(encodingEnd + 1, end));
      if (word == null) {
        text.append(header, done, begin + 2);
        done = begin + 2;
        afterWord = false;
      } else {
        String between = header.substring(done, begin);
        if (!afterWord || !between.isBlank()) {
          text.append(between);
        }
        text.append(word);
        done = end + 2;
        afterWord = true;
      }
      begin = header.indexOf("=?", done);
    }
    return text.append(header, done, header.length()).toString();
  }

  /** Null when it is no encoded word. */
  private static @Nullable String word(String charsetName, String encoding, String content) {
    Charset charset = CHARSETS.get(charsetName.toLowerCase(Locale.ROOT));
    if (charset == null || encoding.length() != 1 || content.indexOf(' ') >= 0) {
      return null;
    }
    byte[] bytes =
        switch (encoding.charAt(0)) {
          case 'B', 'b' -> base64(content);
          case 'Q', 'q' -> quoted(content);
          default -> null;
        };
    if (bytes == null) {
      return null;
    }
    try {
      return charset.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    } catch (CharacterCodingException notOfTheCharset) {
      return null;
    }
  }

  private static byte @Nullable [] base64(String content) {
    try {
      return Base64.getDecoder().decode(content);
    } catch (IllegalArgumentException notBase64) {
      return null;
    }
  }

  private static byte @Nullable [] quoted(String content) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(content.length());
    for (int i = 0; i < content.length(); i++) {
      char c = content.charAt(i);
      if (c == '=') {
        int high = i + 2 < content.length() ? Character.digit(content.charAt(i + 1), 16) : -1;
        int low = high < 0 ? -1 : Character.digit(content.charAt(i + 2), 16);
        if (low < 0) {
          return null;
        }
        bytes.write(16 * high + low);
        i += 2;
      } else {
        bytes.write(c == '_' ? ' ' : c);
      }
    }
    return bytes.toByteArray();
  }
}
