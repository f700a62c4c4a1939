package dev.curfew.storage;

import com.azure.core.http.jdk.httpclient.JdkHttpClientBuilder;
import com.azure.core.util.BinaryData;
import com.azure.core.util.Context;
import com.azure.storage.blob.BlobContainerClient;
import com.azure.storage.blob.BlobServiceClientBuilder;
import com.azure.storage.blob.models.BlobDownloadContentResponse;
import com.azure.storage.blob.models.BlobErrorCode;
import com.azure.storage.blob.models.BlobItem;
import com.azure.storage.blob.models.BlobListDetails;
import com.azure.storage.blob.models.BlobRange;
import com.azure.storage.blob.models.BlobRequestConditions;
import com.azure.storage.blob.models.BlobStorageException;
import com.azure.storage.blob.models.Block;
import com.azure.storage.blob.models.BlockList;
import com.azure.storage.blob.models.BlockListType;
import com.azure.storage.blob.models.ListBlobsOptions;
import com.azure.storage.blob.options.BlockBlobCommitBlockListOptions;
import com.azure.storage.blob.options.BlockBlobSimpleUploadOptions;
import com.azure.storage.blob.options.BlockBlobStageBlockOptions;
import com.azure.storage.blob.specialized.BlockBlobClient;
import com.azure.storage.common.StorageSharedKeyCredential;
import com.azure.storage.common.policy.RequestRetryOptions;
import com.azure.storage.common.policy.RetryPolicyType;
import java.net.http.HttpClient;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The requests to a container. Each is tried again shortly when the service is busy or cannot be
 * reached, and has as long as its bytes may need: a limit that does not grow with them would defeat
 * every try of a large one.
 */
final class AzureContainer {
  /** A connection that is slower than this is given up, in bytes a second. */
  private static final long SLOWEST = 64 * 1024;

  private static final int TRIES = 2;
  private static final Duration FIRST_PAUSE = Duration.ofMillis(100);
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(1);

  /** As azure-core calls the context that sets the time limit of a single request. */
  private static final String TIME_LIMIT = "azure-response-timeout";

  private final Duration timeout;
  private final BlobContainerClient container;

  AzureContainer(AzureOptions options) {
    this.timeout = options.timeout();
    HttpClient.Builder http =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(options.timeout());
    BlobServiceClientBuilder service =
        new BlobServiceClientBuilder()
            .endpoint(options.endpoint().toString())
            .httpClient(
                new JdkHttpClientBuilder(http)
                    .readTimeout(options.timeout())
                    .responseTimeout(options.timeout())
                    .build())
            .retryOptions(
                new RequestRetryOptions(
                    RetryPolicyType.EXPONENTIAL,
                    TRIES,
                    (Duration) null,
                    FIRST_PAUSE,
                    LONGEST_PAUSE,
                    null));
    options
        .accountKey()
        .ifPresent(
            key ->
                service.credential(
                    new StorageSharedKeyCredential(options.account(), key.reveal())));
    options.sasToken().ifPresent(token -> service.sasToken(token.reveal()));
    this.container = service.buildClient().getBlobContainerClient(options.container());
  }

  /** The limit until the answer begins, for a request that sends so many bytes. */
  static Duration limit(Duration timeout, long bytes) {
    return timeout.plusSeconds(bytes / SLOWEST);
  }

  private Context limit(long bytes) {
    return new Context(TIME_LIMIT, limit(timeout, bytes));
  }

  private BlockBlobClient blob(String name) {
    return container.getBlobClient(name).getBlockBlobClient();
  }

  /** Stores a blob whole; the service compares the MD5. */
  void put(String name, byte[] content) {
    blob(name)
        .uploadWithResponse(
            new BlockBlobSimpleUploadOptions(BinaryData.fromBytes(content))
                .setContentMd5(AzureUpload.hash("MD5", content)),
            null,
            limit(content.length));
  }

  /** Stores a block that is part of nothing yet; the service compares the MD5. */
  void stage(String name, String block, byte[] content) {
    blob(name)
        .stageBlockWithResponse(
            new BlockBlobStageBlockOptions(block, BinaryData.fromBytes(content))
                .setContentMd5(AzureUpload.hash("MD5", content)),
            null,
            limit(content.length));
  }

  /** The sizes of the blocks that the service has for a blob, committed or not, by their ids. */
  Map<String, Long> blocks(String name) {
    Map<String, Long> sizes = new HashMap<>();
    try {
      BlockList blocks =
          blob(name).listBlocksWithResponse(BlockListType.ALL, null, null, limit(0)).getValue();
      for (Block block : blocks.getCommittedBlocks()) {
        sizes.put(block.getName(), block.getSizeLong());
      }
      // Latest: an uncommitted block goes before a committed one.
      for (Block block : blocks.getUncommittedBlocks()) {
        sizes.put(block.getName(), block.getSizeLong());
      }
      return sizes;
    } catch (BlobStorageException e) {
      if (BlobErrorCode.BLOB_NOT_FOUND.equals(e.getErrorCode())) {
        return sizes;
      }
      throw e;
    }
  }

  /** Makes a blob of the latest blocks of these ids. */
  void commit(String name, List<String> blocks) {
    blob(name)
        .commitBlockListWithResponse(new BlockBlobCommitBlockListOptions(blocks), null, limit(0));
  }

  /**
   * A part of a blob.
   *
   * @param conditions under which it is wanted
   */
  BlobDownloadContentResponse get(
      String name, long offset, int length, BlobRequestConditions conditions) {
    return blob(name)
        .downloadContentWithResponse(
            null, conditions, new BlobRange(offset, (long) length), false, null, limit(0));
  }

  long size(String name) {
    return blob(name).getPropertiesWithResponse(null, null, limit(0)).getValue().getBlobSize();
  }

  /** The blobs below a folder. */
  List<String> blobs(String beginning) {
    return names(new ListBlobsOptions().setPrefix(beginning));
  }

  /** The blobs below a folder and those of which there are blocks only. */
  List<String> blobsAndBlocks(String beginning) {
    return names(
        new ListBlobsOptions()
            .setPrefix(beginning)
            .setDetails(new BlobListDetails().setRetrieveUncommittedBlobs(true)));
  }

  private List<String> names(ListBlobsOptions options) {
    List<String> names = new ArrayList<>();
    for (BlobItem item : container.listBlobs(options, null)) {
      names.add(item.getName());
    }
    return names;
  }

  /**
   * Removes a blob.
   *
   * @return whether there was one
   */
  boolean delete(String name) {
    try {
      blob(name).deleteWithResponse(null, null, null, limit(0));
      return true;
    } catch (BlobStorageException e) {
      if (BlobErrorCode.BLOB_NOT_FOUND.equals(e.getErrorCode())) {
        return false;
      }
      throw e;
    }
  }
}
