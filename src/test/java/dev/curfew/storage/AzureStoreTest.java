package dev.curfew.storage;

import static org.assertj.core.api.Assertions.assertThat;

import com.azure.core.http.jdk.httpclient.JdkHttpClientBuilder;
import com.azure.storage.blob.BlobContainerClient;
import com.azure.storage.blob.BlobServiceClientBuilder;
import com.azure.storage.blob.models.BlobItem;
import com.azure.storage.blob.models.BlobListDetails;
import com.azure.storage.blob.models.ListBlobsOptions;
import com.azure.storage.common.StorageSharedKeyCredential;
import dev.curfew.config.Secret;
import dev.curfew.testing.AzuriteServer;
import dev.curfew.testing.CuttableLink;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;

/** The store in Azure Blob Storage, with Microsoft's emulator as its server. */
@Tag("full")
class AzureStoreTest extends RemoteStoreContract {
  private static AzuriteServer server;
  private CuttableLink link;
  private BlobContainerClient container;

  @BeforeAll
  static void startServer() throws Exception {
    server = AzuriteServer.start(Path.of("target", "azurite-data", UUID.randomUUID().toString()));
  }

  @AfterAll
  static void stopServer() throws Exception {
    server.close();
  }

  @BeforeEach
  void prepare() throws Exception {
    link = CuttableLink.to("127.0.0.1", server.port());
    container =
        new BlobServiceClientBuilder()
            .endpoint(AzuriteServer.endpoint(server.port()).toString())
            .credential(new StorageSharedKeyCredential(AzuriteServer.ACCOUNT, AzuriteServer.KEY))
            .httpClient(new JdkHttpClientBuilder().build())
            .buildClient()
            .createBlobContainer("test-" + UUID.randomUUID());
  }

  @AfterEach
  void closeLink() throws Exception {
    link.close();
    container.deleteIfExists();
  }

  private AzureOptions options() {
    return new AzureOptions(
        AzuriteServer.endpoint(link.port()),
        AzuriteServer.ACCOUNT,
        container.getBlobContainerName(),
        "",
        Optional.of(Secret.of(AzuriteServer.KEY)),
        Optional.empty(),
        Duration.ofSeconds(10));
  }

  @Override
  ObjectStore connect() {
    return new AzureStore(options());
  }

  @Override
  CuttableLink link() {
    return link;
  }

  @Override
  void vanish() {
    container.delete();
  }

  @Override
  List<String> everything() {
    List<String> names = new ArrayList<>();
    for (BlobItem blob : container.listBlobs()) {
      names.add(blob.getName());
    }
    ListBlobsOptions halves =
        new ListBlobsOptions().setDetails(new BlobListDetails().setRetrieveUncommittedBlobs(true));
    for (BlobItem blob : container.listBlobs(halves, null)) {
      if (!names.contains(blob.getName())) {
        names.add("half of " + blob.getName());
      }
    }
    return names;
  }

  @Override
  int pieceSize() {
    return AzureUpload.SMALLEST_BLOCK;
  }

  @Override
  int large() {
    return AzureUpload.SMALLEST_BLOCK * 5 / 2;
  }

  @org.junit.jupiter.api.Test
  void placeholder() {
    assertThat(container.exists()).isTrue();
  }
}
