package dev.curfew.api.am;

import dev.curfew.fault.CurfewException;
import dev.curfew.fault.ErrorCode;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import javax.xml.XMLConstants;
import javax.xml.stream.XMLInputFactory;
import javax.xml.stream.XMLStreamConstants;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamReader;
import org.jspecify.annotations.Nullable;

/**
 * What policy agents post to the session service: an envelope {@code <RequestSet>} of {@code
 * <Request>} elements, whose character data is a document of its own, a {@code <SessionRequest>}.
 *
 * <p>Read with a streaming parser that knows no document types and no external entities, and of a
 * body that is bounded already.
 *
 * @param service the {@code svcid}, repeated in the answer
 */
record AgentRequestSet(String service, String reqid, List<AgentRequest> requests) {
  private static final int MOST_REQUESTS = 16;
  private static final int LONGEST_ATTRIBUTE = 256;
  private static final String TOKEN = "token:";
  private static final XMLInputFactory XML = parsers();

  AgentRequestSet {
    requests = List.copyOf(requests);
  }

  private static XMLInputFactory parsers() {
    XMLInputFactory factory = XMLInputFactory.newDefaultFactory();
    factory.setProperty(XMLInputFactory.SUPPORT_DTD, false);
    factory.setProperty(XMLInputFactory.IS_SUPPORTING_EXTERNAL_ENTITIES, false);
    factory.setProperty(XMLInputFactory.IS_COALESCING, true);
    factory.setProperty(XMLConstants.ACCESS_EXTERNAL_DTD, "");
    factory.setXMLResolver(
        (publicId, systemId, base, namespace) -> {
          throw new XMLStreamException("no entities");
        });
    return factory;
  }

  /**
   * @throws CurfewException MALFORMED_BODY when it is no such document
   */
  static AgentRequestSet parse(String body) {
    try {
      XMLStreamReader xml = XML.createXMLStreamReader(new StringReader(body));
      root(xml, "RequestSet");
      String service = attribute(xml, "svcid", "session");
      String reqid = attribute(xml, "reqid", "0");
      List<AgentRequest> requests = new ArrayList<>();
      while (xml.nextTag() == XMLStreamConstants.START_ELEMENT) {
        if (!xml.getLocalName().equals("Request") || requests.size() == MOST_REQUESTS) {
          throw malformed("must have at most " + MOST_REQUESTS + " requests and nothing else");
        }
        requests.add(request(xml.getElementText()));
      }
      end(xml);
      return new AgentRequestSet(service, reqid, requests);
    } catch (XMLStreamException notXml) {
      throw malformed("must be the XML of a RequestSet");
    }
  }

  private static AgentRequest request(String document) throws XMLStreamException {
    XMLStreamReader xml = XML.createXMLStreamReader(new StringReader(document.strip()));
    root(xml, "SessionRequest");
    String reqid = attribute(xml, "reqid", "0");
    String requester = requester(xml.getAttributeValue(null, "requester"));
    if (xml.nextTag() != XMLStreamConstants.START_ELEMENT) {
      throw malformed("must say what is requested");
    }
    String kind = xml.getLocalName();
    boolean reset = "true".equals(xml.getAttributeValue(null, "reset"));
    String sessionId = null;
    String url = null;
    while (xml.nextTag() == XMLStreamConstants.START_ELEMENT) {
      switch (xml.getLocalName()) {
        case "SessionID" -> sessionId = xml.getElementText().strip();
        case "URL" -> url = xml.getElementText().strip();
        default -> skip(xml);
      }
    }
    if (xml.nextTag() == XMLStreamConstants.START_ELEMENT) {
      throw malformed("must have one element in each SessionRequest");
    }
    end(xml);
    return new AgentRequest(reqid, requester, kind, sessionId, url, reset);
  }

  private static void root(XMLStreamReader xml, String name) throws XMLStreamException {
    int event = xml.next();
    while (event == XMLStreamConstants.COMMENT
        || event == XMLStreamConstants.SPACE
        || event == XMLStreamConstants.PROCESSING_INSTRUCTION) {
      event = xml.next();
    }
    if (event != XMLStreamConstants.START_ELEMENT || !xml.getLocalName().equals(name)) {
      throw malformed("must be the XML of a " + name);
    }
  }

  private static void end(XMLStreamReader xml) throws XMLStreamException {
    while (xml.hasNext()) {
      xml.next();
    }
  }

  private static void skip(XMLStreamReader xml) throws XMLStreamException {
    int depth = 1;
    while (depth > 0) {
      int event = xml.next();
      if (event == XMLStreamConstants.START_ELEMENT) {
        depth++;
      } else if (event == XMLStreamConstants.END_ELEMENT) {
        depth--;
      }
    }
  }

  private static String attribute(XMLStreamReader xml, String name, String otherwise) {
    String value = xml.getAttributeValue(null, name);
    if (value == null) {
      return otherwise;
    }
    if (value.length() > LONGEST_ATTRIBUTE) {
      throw malformed("must have a shorter " + name);
    }
    return value;
  }

  /** The requester is base64 of {@code token:<id>}; clients in the field put a blank in between. */
  private static @Nullable String requester(@Nullable String encoded) {
    if (encoded == null) {
      return null;
    }
    try {
      String decoded =
          new String(Base64.getMimeDecoder().decode(encoded), StandardCharsets.UTF_8).strip();
      return decoded.startsWith(TOKEN) ? decoded.substring(TOKEN.length()).strip() : null;
    } catch (IllegalArgumentException notBase64) {
      return null;
    }
  }

  private static CurfewException malformed(String rule) {
    return CurfewException.of(ErrorCode.MALFORMED_BODY, "body", "The body " + rule);
  }
}
