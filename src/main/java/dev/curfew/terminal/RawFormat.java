package dev.curfew.terminal;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.regex.Pattern;

/** What a raw recording is, as far as its beginning tells. */
enum RawFormat {
  /** An asciicast of any version. */
  ASCIICAST,
  TTYREC,
  /** What a program wrote to a terminal, as it is. */
  OUTPUT,
  /** Anything else, such as the capture of a protocol. */
  OTHER;

  private static final JsonFactory JSON = new JsonFactory();

  /** The protocol of remote desktops that Guacamole records: {@code 4.size,1.0,...}. */
  private static final Pattern GUACAMOLE = Pattern.compile("\\d{1,2}\\.[a-z]+[,;]");

  private static final int LONGEST_INSTRUCTION = 32;

  /** How other recordings begin: packets of RDP, packet captures of either byte order, gzip. */
  private static final List<byte[]> BINARY =
      List.of(
          new byte[] {3, 0},
          new byte[] {(byte) 0xd4, (byte) 0xc3, (byte) 0xb2, (byte) 0xa1},
          new byte[] {(byte) 0xa1, (byte) 0xb2, (byte) 0xc3, (byte) 0xd4},
          new byte[] {0x1f, (byte) 0x8b});

  /** One in so many may be a control byte that terminals have no use for. */
  private static final int CONTROL_SHARE = 20;

  /** One in so many may be no UTF-8: text of another character set has fewer. */
  private static final int MALFORMED_SHARE = 3;

  /**
   * @param sample the first bytes, or all
   */
  static RawFormat of(byte[] sample) {
    if (sample.length == 0 || isBinary(sample)) {
      return OTHER;
    }
    if (isAsciicast(sample)) {
      return ASCIICAST;
    }
    if (TtyrecFrames.isBeginning(sample)) {
      return TTYREC;
    }
    return isOutput(sample) ? OUTPUT : OTHER;
  }

  private static boolean isBinary(byte[] sample) {
    for (byte[] beginning : BINARY) {
      if (sample.length >= beginning.length
          && ByteBuffer.wrap(sample, 0, beginning.length).equals(ByteBuffer.wrap(beginning))) {
        return true;
      }
    }
    String first =
        new String(
            sample, 0, Math.min(LONGEST_INSTRUCTION, sample.length), StandardCharsets.ISO_8859_1);
    return GUACAMOLE.matcher(first).lookingAt();
  }

  /**
   * Whether it begins with an object that has a version, and the size where that version has it.
   */
  private static boolean isAsciicast(byte[] sample) {
    int version = 0;
    boolean size = false;
    boolean terminal = false;
    try (JsonParser json = JSON.createParser(sample)) {
      if (json.nextToken() != JsonToken.START_OBJECT) {
        return false;
      }
      while (json.nextToken() == JsonToken.FIELD_NAME) {
        String field = json.currentName();
        JsonToken value = json.nextToken();
        if (field.equals("version") && value == JsonToken.VALUE_NUMBER_INT) {
          version = json.getIntValue();
        }
        size |= field.equals("width") && value == JsonToken.VALUE_NUMBER_INT;
        terminal |= field.equals("term") && value == JsonToken.START_OBJECT;
        json.skipChildren();
      }
    } catch (IOException e) {
      // The sample ends within the object, as one of version 1 does; or it is something else.
    }
    return version == 3 ? terminal : (version == 1 || version == 2) && size;
  }

  private static boolean isOutput(byte[] sample) {
    int controls = 0;
    for (byte b : sample) {
      if (b >= 0 && b < ' ' && !isOfTerminals(b)) {
        controls++;
      }
    }
    return controls * CONTROL_SHARE <= sample.length
        && malformed(sample) * MALFORMED_SHARE <= sample.length;
  }

  /** BEL, BS, HT, LF, VT, FF, CR, SO, SI, CAN, SUB, ESC. */
  private static boolean isOfTerminals(byte b) {
    return b >= 0x07 && b <= 0x0f || b == 0x18 || b == 0x1a || b == 0x1b;
  }

  private static int malformed(byte[] sample) {
    CharsetDecoder decoder = StandardCharsets.UTF_8.newDecoder();
    ByteBuffer bytes = ByteBuffer.wrap(sample);
    CharBuffer chars = CharBuffer.allocate(sample.length);
    int malformed = 0;
    // What is incomplete at the end is not malformed.
    for (CoderResult result = decoder.decode(bytes, chars, false);
        result.isError();
        result = decoder.decode(bytes, chars, false)) {
      malformed += result.length();
      bytes.position(bytes.position() + result.length());
    }
    return malformed;
  }
}
