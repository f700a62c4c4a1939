package dev.curfew.contract;

import static org.assertj.core.api.Assertions.assertThatCode;

import io.vertx.core.MultiMap;
import io.vertx.core.buffer.Buffer;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * What the original products' documentation shows of their wire stays legal in our documents, to
 * the letter: the clients that exist were written by it.
 */
class OriginExamplesTest {
  private static final String PSM = "/api/services/v1/secureaccessgateway/";

  private final OpenApiContract psm = OpenApiContract.of("psm");

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '^',
      textBlock =
          """
          POST | UpdateSession         | { "session": "123e4567-e89b-12d3-a456-426614174000" }
          POST | EndSession            | { "session": "123e4567-e89b-12d3-a456-426614174000", "processInstance": "process_instance_id" }
          POST | EncoderClaim          | { "processInstance": "encoder_instance" }
          POST | UploderClaim          | { "processInstance": "uploader_instance" }
          POST | Checkin               | { "checkOutId": "123" }
          POST | Polling               | { "session": "123e4567-e89b-12d3-a456-426614174000", "processInstance": "psm_app_instance" }
          POST | saveclipboard         | { "text": "Sample clipboard text", "session": "123e4567-e89b-12d3-a456-426614174000" }
          POST | savescreenshot        | { "image": "data:image/png;base64,...", "session": "123e4567-e89b-12d3-a456-426614174000" }
          POST | savesessionrecording  | { "recording": "SGVsbG8gd29ybGQ=", "session": "123e4567-e89b-12d3-a456-426614174000" }
          POST | GetRecordingProcessStatus    | { "privSessionIds": [ "123e4567-e89b-12d3-a456-426614174000" ] }
          PUT  | UpdateRecordingProcessStatus | { "privSessionId": "123e4567-e89b-12d3-a456-426614174000", "processInstance": "Uploader_01", "recordingStatus": "Uploading", "sshLogsUploaded": true, "recordingFormat": ".mp4" }
          POST | JoinSession           | { "PrivSessionID": "123e4567-e89b-12d3-a456-426614174000", "GatewayServerAddress": "gateway.example.com", "Width": "1024", "Height": "768", "Dpi": "96" }
          """)
  void psmRequest_isAllowed(String method, String name, String body) {
    assertThatCode(
            () ->
                psm.checkRequest(
                    exchange(method, PSM + name, 200, "").sending(Buffer.buffer(body))))
        .doesNotThrowAnyException();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '^',
      textBlock =
          """
          POST | UpdateSession  | 200 | { "Result": "Success" }
          POST | EndSession     | 200 | { "Result": "Success" }
          POST | EndSession     | 400 | { "StatusCode": 400, "Content": "Process instance not supplied" }
          POST | Checkin        | 200 | { "Result": "Success", "Message": "Your operation message here." }
          POST | saveclipboard  | 200 | { "Result": "Success" }
          POST | savescreenshot | 200 | { "Result": "Success" }
          POST | savesessionrecording      | 200 | { "Result": "Success" }
          POST | GetRecordingProcessStatus | 200 | [ { "PrivSessionID": "123e4567-e89b-12d3-a456-426614174000", "RecordingStatus": "Encoding" } ]
          PUT  | UpdateRecordingProcessStatus | 200 | { "Result": "Success" }
          """)
  void psmAnswer_isAllowed(String method, String name, int status, String body) {
    assertThatCode(() -> psm.check(exchange(method, PSM + name, status, body)))
        .doesNotThrowAnyException();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '^',
      textBlock =
          """
          access | POST | /api/v1/sessions/3fa85f64-5717-4362-b98f-9ddd36e4b010/extend | { "id": "3fa85f64-5717-4362-b98f-9ddd36e4b010", "userId": "7c8b3f21-4d92-4a8e-9f3a-1e6c5b9d0a2b", "userName": "John Doe", "userEmail": "[email protected]", "ipv4Address": "203.0.113.42", "ipv6Address": null, "status": "ACTIVE", "startedAt": "2026-02-18T10:30:00Z", "expiresAt": "2026-02-18T14:30:00Z", "endedAt": null, "endedReason": null, "resourceIps": [ { "id": "8e9f2a3b-1c4d-5e6f-7a8b-9c0d1e2f3a4b", "resourceId": "a1b2c3d4-e5f6-7890-abcd-ef1234567890", "resourceName": "Production Database SG", "ipVersion": 4, "ipAddress": "203.0.113.42", "status": "APPLIED", "providerRuleId": "sgr-0123456789abcdef0", "appliedAt": "2026-02-18T10:30:15Z", "removedAt": null, "errorMessage": null } ], "createdAt": "2026-02-18T10:30:00Z" }
          pra    | GET  | /api/config/v1/jump-approval/session-status/23 | [ { "id": 5, "state": "approved", "jump_item_id": 8, "jump_item_type": "jump_client", "jump_policy_id": 2, "created_by_user_id": 23, "start_timestamp": 1771969289, "duration": 300, "end_timestamp": 1771969589, "time_remaining_seconds": 283, "expired": false } ]
          pra    | GET  | /api/config/v1/jump-approval/session-status/23 | [ ]
          """)
  void answerOfOtherDialects_isAllowed(String dialect, String method, String path, String body) {
    assertThatCode(() -> OpenApiContract.of(dialect).check(exchange(method, path, 200, body)))
        .doesNotThrowAnyException();
  }

  private static WireExchange exchange(String method, String path, int status, String body) {
    MultiMap headers = MultiMap.caseInsensitiveMultiMap().add("Content-Type", "application/json");
    return WireExchange.of(method, path, status, headers, Buffer.buffer(body));
  }
}
