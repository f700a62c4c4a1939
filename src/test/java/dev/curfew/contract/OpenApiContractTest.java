package dev.curfew.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import io.vertx.core.MultiMap;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import org.assertj.core.api.AbstractThrowableAssert;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The checker finds what is wrong, says where, and lets pass what is right. */
class OpenApiContractTest {
  private static final String DOCUMENT =
      """
      openapi: 3.1.0
      info: {title: Doors, version: 1.0.0}
      x-error-schema: '#/components/schemas/Error'
      paths:
        /doors/{id}:
          parameters:
            - {name: id, in: path, required: true, schema: {type: integer, minimum: 1}}
          get:
            operationId: getDoor
            parameters:
              - {name: depth, in: query, schema: {type: integer, maximum: 3}}
              - {name: X-Reader, in: header, required: true, schema: {type: string, minLength: 2}}
            responses:
              '200':
                description: A door, perhaps with doors behind it.
                headers:
                  X-Count: {required: true, schema: {type: integer, minimum: 0}}
                  X-Note: {schema: {type: string, pattern: '^[a-z]+$'}}
                content:
                  application/json:
                    schema: {$ref: '#/components/schemas/Door'}
              '404': {$ref: '#/components/responses/NotFound'}
          head:
            operationId: headDoor
            responses:
              '200': {description: There is one.}
          put:
            operationId: putDoor
            requestBody:
              required: true
              content:
                application/json:
                  schema: {$ref: '#/components/schemas/Door'}
            responses:
              '204': {description: Done.}
              '400': {$ref: '#/components/responses/NotFound'}
        /doors/front:
          get:
            operationId: getFrontDoor
            responses:
              '200':
                description: A picture.
                content:
                  image/*: {}
                  text/plain:
                    schema: {type: string, pattern: '^door'}
      components:
        schemas:
          Error:
            type: object
            required: [message]
            properties:
              message: {type: string}
          Door:
            type: object
            required: [id, openSince]
            properties:
              id: {type: string, format: uuid}
              openSince: {type: [string, 'null'], format: date-time}
              colour: {enum: [red, green, null]}
              secret: false
              behind:
                type: array
                items: {$ref: '#/components/schemas/Door'}
        responses:
          NotFound:
            description: There is none.
            content:
              application/json:
                schema: {$ref: '#/components/schemas/Error'}
          MethodNotAllowed:
            description: Not so.
            headers:
              Allow: {required: true, schema: {type: string}}
            content:
              application/json:
                schema: {$ref: '#/components/schemas/Error'}
      """;

  private static final String ID = "3fa85f64-5717-4362-b98f-9ddd36e4b010";
  private static final String DOOR = "{\"id\":\"" + ID + "\",\"openSince\":null}";

  private final OpenApiContract contract =
      new OpenApiContract(OpenApiDocument.parse("doors.yaml", DOCUMENT));

  private static WireExchange answer(String method, String target, int status, String body) {
    MultiMap headers = MultiMap.caseInsensitiveMultiMap().add("X-Count", "1");
    if (!body.isEmpty()) {
      headers.add("Content-Type", "application/json; charset=utf-8");
    }
    return WireExchange.of(method, target, status, headers, Buffer.buffer(body));
  }

  private static WireExchange answer(String contentType, Buffer body) {
    MultiMap headers = MultiMap.caseInsensitiveMultiMap().add("Content-Type", contentType);
    return WireExchange.of("GET", "/doors/front", 200, headers, body);
  }

  private AbstractThrowableAssert<?, ? extends Throwable> refused(WireExchange exchange) {
    return assertThatThrownBy(() -> contract.check(exchange)).isInstanceOf(ContractViolation.class);
  }

  @Test
  void rightAnswer_passes() {
    assertThatCode(() -> contract.check(answer("GET", "/doors/7", 200, DOOR)))
        .doesNotThrowAnyException();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          {"id":"ID"}                                            | body: | openSince
          {"id":7,"openSince":null}                              | body/id: | string
          {"id":"no","openSince":null}                           | body/id: | uuid
          {"id":"ID","openSince":"yesterday"}                    | body/openSince: | date-time
          {"id":"ID","openSince":true}                           | body/openSince: | boolean
          {"id":"ID","openSince":null,"colour":"blue"}           | body/colour: | red
          {"id":"ID","openSince":null,"secret":"x"}              | body/secret: | secret
          {"id":"ID","openSince":null,"behind":{}}               | body/behind: | array
          {"id":"ID","openSince":null,"behind":[{"id":"ID"}]}    | body/behind/0: | openSince
          []                                                     | body: | object
          {"id":                                                 | body: | is not application/json
          """)
  void wrongBody_isRefusedWithPlaceAndRule(String body, String place, String rule) {
    refused(answer("GET", "/doors/7", 200, body.replace("ID", ID)))
        .hasMessageContaining("GET /doors/7 was answered 200")
        .hasMessageContaining("getDoor")
        .hasMessageContaining("\n  " + place)
        .hasMessageContaining(rule);
  }

  @Test
  void wrongBody_isReportedOnceAndWithTheSchemaThatItBreaks() {
    refused(answer("GET", "/doors/7", 200, "{\"id\":\"" + ID + "\",\"openSince\":5}"))
        .hasMessageContaining("[#/components/schemas/Door/properties/openSince/type]")
        .extracting(e -> e.getMessage().split("\n").length)
        .isEqualTo(3);
  }

  @Test
  void emptyBody_isRefusedWhereJsonIsDocumented() {
    MultiMap headers =
        MultiMap.caseInsensitiveMultiMap()
            .add("X-Count", "1")
            .add("Content-Type", "application/json");
    refused(WireExchange.of("GET", "/doors/7", 200, headers, Buffer.buffer()))
        .hasMessageContaining("body: is not application/json");
  }

  @Test
  void bodyThatIsNotUtf8_isRefused() {
    refused(answer("text/plain", Buffer.buffer(new byte[] {'d', (byte) 0xff})))
        .hasMessageContaining("not UTF-8");
  }

  @Test
  void undocumentedBody_isRefused() {
    refused(answer("PUT", "/doors/7", 204, "{}")).hasMessageContaining("none is documented");
  }

  @Test
  void bodyOfHead_isRefused() {
    assertThatCode(() -> contract.check(answer("HEAD", "/doors/7", 200, "")))
        .doesNotThrowAnyException();
    refused(answer("HEAD", "/doors/7", 200, DOOR)).hasMessageContaining("none is documented");
  }

  @Test
  void unknownStatus_isRefusedWithThoseThatAreKnown() {
    refused(answer("GET", "/doors/7", 500, "{}"))
        .hasMessageContaining("status 500 is not documented")
        .hasMessageContaining("200, 404");
  }

  @Test
  void unknownOperation_isRefused() {
    refused(answer("GET", "/windows/7", 200, "{}")).hasMessageContaining("not documented");
    refused(answer("DELETE", "/doors/7", 204, ""))
        .hasMessageContaining("the path is, with another method");
  }

  @Test
  void contentType_isHeldToTheDocumentedOnes() {
    assertThatCode(
            () -> contract.check(answer("image/png", Buffer.buffer(new byte[] {(byte) 137}))))
        .doesNotThrowAnyException();
    assertThatCode(() -> contract.check(answer("Text/Plain;charset=utf-8", Buffer.buffer("door"))))
        .doesNotThrowAnyException();
    refused(answer("text/plain", Buffer.buffer("window"))).hasMessageContaining("pattern");
    refused(answer("video/mp4", Buffer.buffer("x"))).hasMessageContaining("image/*, text/plain");
    MultiMap none = MultiMap.caseInsensitiveMultiMap();
    refused(WireExchange.of("GET", "/doors/front", 200, none, Buffer.buffer("door")))
        .hasMessageContaining("Content-Type: missing");
  }

  @Test
  void headers_areHeldToTheirSchemas() {
    WireExchange good = answer("GET", "/doors/7", 200, DOOR);
    good.responseHeaders().remove("X-Count");
    refused(good).hasMessageContaining("header X-Count: missing");
    good.responseHeaders().set("x-count", "many");
    refused(good).hasMessageContaining("header X-Count: Instance type string");
    good.responseHeaders().set("X-Count", "3").set("X-Note", "NO");
    refused(good).hasMessageContaining("header X-Note:");
  }

  @Test
  void answerOverTheWire_isTakenAsItIs() throws Exception {
    HttpServer server = HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 0);
    server.createContext(
        "/",
        request -> {
          byte[] body = DOOR.getBytes(StandardCharsets.UTF_8);
          request.getResponseHeaders().add("Content-Type", "application/json");
          request.getResponseHeaders().add("X-Count", "many");
          request.sendResponseHeaders(200, body.length);
          request.getResponseBody().write(body);
          request.close();
        });
    server.start();
    try {
      URI uri =
          URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/doors/7?depth=9");
      HttpRequest request = HttpRequest.newBuilder(uri).header("X-Reader", "x").build();
      WireExchange exchange =
          WireExchange.of(
              HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofByteArray()));
      refused(exchange).hasMessageContaining("GET /doors/7?depth=9 was answered 200");
      exchange.responseHeaders().set("X-Count", "1");
      refused(exchange)
          .hasMessageContaining("query parameter depth:")
          .hasMessageContaining("header parameter X-Reader:")
          .hasMessageContaining("the body was: " + DOOR);
    } finally {
      server.stop(0);
    }
  }

  @Test
  void concretePath_goesBeforeTheTemplate() {
    contract.check(answer("image/png", Buffer.buffer("x")));
    assertThat(contract.covered()).containsOnlyKeys("getFrontDoor");
  }

  @Test
  void acceptedRequest_mustBeOneThatTheDocumentAllows() {
    String said = "whose request should have been refused";
    refused(answer("GET", "/doors/0", 200, DOOR)).hasMessageContaining("path parameter id:");
    refused(answer("GET", "/doors/7?depth=9", 200, DOOR))
        .hasMessageContaining(said)
        .hasMessageContaining("query parameter depth:");
    refused(answer("GET", "/doors/7", 200, DOOR).with(headers("X-Other", "x")))
        .hasMessageContaining("header parameter X-Reader: missing");
    refused(answer("PUT", "/doors/7", 204, "").sending(Buffer.buffer("{\"id\":1}")))
        .hasMessageContaining("request body/id:");
    refused(answer("PUT", "/doors/7", 204, "").sending(Buffer.buffer()))
        .hasMessageContaining("request body: missing");
    refused(
            answer("PUT", "/doors/7", 204, "")
                .sending(Buffer.buffer(DOOR))
                .with(headers("Content-Type", "text/plain")))
        .hasMessageContaining("request Content-Type: text/plain");
  }

  @Test
  void refusedRequest_mayBeAnything() {
    String error = "{\"message\":\"id must be a UUID\"}";
    assertThatCode(
            () ->
                contract.check(
                    answer("PUT", "/doors/0", 400, error).sending(Buffer.buffer("{\"id\":"))))
        .doesNotThrowAnyException();
    assertThatThrownBy(() -> contract.checkRequest(answer("PUT", "/doors/0", 400, error)))
        .isInstanceOf(ContractViolation.class)
        .hasMessageContaining("path parameter id:");
  }

  @Test
  void requestElsewhere_mustBeRefusedInTheDialectsShape() {
    String error = "{\"message\":\"no\"}";
    assertThatCode(() -> contract.checkUnrouted(answer("GET", "/windows", 404, error)))
        .doesNotThrowAnyException();
    WireExchange method = answer("DELETE", "/doors/7", 405, error);
    assertThatThrownBy(() -> contract.checkUnrouted(method))
        .hasMessageContaining("header Allow: missing");
    method.responseHeaders().add("Allow", "GET");
    assertThatCode(() -> contract.checkUnrouted(method)).doesNotThrowAnyException();
    assertThatThrownBy(() -> contract.checkUnrouted(answer("GET", "/windows", 404, "{}")))
        .hasMessageContaining("message");
    assertThatThrownBy(() -> contract.checkUnrouted(answer("GET", "/windows", 200, error)))
        .hasMessageContaining("must be 404 or 401");
    assertThatThrownBy(() -> contract.checkUnrouted(answer("GET", "/doors/7", 404, error)))
        .hasMessageContaining("is documented in doors.yaml");
  }

  @Test
  void message_isHeldToItsSchema() {
    assertThatCode(() -> contract.checkAgainst("Door", new JsonObject(DOOR)))
        .doesNotThrowAnyException();
    assertThatThrownBy(() -> contract.checkAgainst("Door", new JsonObject()))
        .isInstanceOf(ContractViolation.class)
        .hasMessageContaining("Door: ")
        .hasMessageContaining("\"id\"");
  }

  @Test
  void coverage_tellsWhatWasNotDriven() {
    assertThat(contract.neverDriven())
        .containsExactly("getDoor", "getFrontDoor", "headDoor", "putDoor");
    contract.check(answer("GET", "/doors/7", 200, DOOR));
    contract.check(answer("GET", "/doors/8", 404, "{\"message\":\"no\"}"));
    contract.check(answer("PUT", "/doors/7", 400, "{\"message\":\"no\"}"));
    refused(answer("HEAD", "/doors/7", 500, ""));
    assertThat(contract.covered().get("getDoor")).containsExactly(200, 404);
    assertThat(contract.neverDriven()).containsExactly("getFrontDoor", "headDoor");
    assertThat(contract.neverSucceeded()).containsExactly("getFrontDoor", "headDoor", "putDoor");
    assertThatThrownBy(contract::assertEveryOperationDriven)
        .hasMessageContaining("getFrontDoor, headDoor");
    assertThatThrownBy(contract::assertEveryOperationSucceeded).hasMessageContaining("putDoor");
  }

  @ParameterizedTest
  @ValueSource(strings = {"EndSession", "endsession", "ENDSESSION"})
  void namesOfThePsmDialect_areMatchedInAnyCase(String name) {
    OpenApiContract psm = OpenApiContract.of("psm");
    psm.check(
        answer(
            "POST",
            "/api/services/v1/secureaccessgateway/" + name,
            400,
            "{\"StatusCode\":400,\"Content\":\"Process instance not supplied\"}"));
    assertThat(psm.covered()).containsOnlyKeys("endSession");
  }

  @Test
  void pathsOfOtherDialects_areMatchedExactly() {
    assertThatThrownBy(
            () -> OpenApiContract.of("access").check(answer("GET", "/api/v1/Sessions", 200, "[]")))
        .hasMessageContaining("not documented");
  }

  @Test
  void documentWithMoreThanJson_isNotLoaded() {
    assertThatThrownBy(() -> OpenApiDocument.parse("x", "a: {b: 2026-02-18T10:30:00Z}"))
        .hasMessageContaining("#/a/b")
        .hasMessageContaining("quote it");
    assertThatThrownBy(() -> OpenApiDocument.parse("x", "responses: {200: {}}"))
        .hasMessageContaining("the key 200");
    assertThatThrownBy(() -> OpenApiDocument.parse("x", "a: 1\na: 2"))
        .hasMessageContaining("duplicate");
  }

  private static MultiMap headers(String name, String value) {
    return MultiMap.caseInsensitiveMultiMap().add(name, value);
  }
}
