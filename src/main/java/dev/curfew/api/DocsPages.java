package dev.curfew.api;

import dev.curfew.fault.CurfewException;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The dialects' OpenAPI documents, and a page to browse them that loads nothing from outside. Open
 * to all: they say what the program can do, not what it holds.
 */
public final class DocsPages implements Dialect {
  private static final String WEBJAR = "swagger-ui-dist";

  /**
   * Scripts come from this node only; the viewer sets inline styles and draws its icons as data.
   */
  private static final String CONTENT_SECURITY_POLICY =
      "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline';"
          + " img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none';"
          + " frame-ancestors 'none'";

  private static final Map<String, String> TYPES =
      Map.of("html", "text/html; charset=utf-8", "js", "text/javascript", "css", "text/css");

  private final List<String> documents;
  private final String viewer = "/META-INF/resources/webjars/" + WEBJAR + "/" + version() + "/";
  private final Map<String, Buffer> read = new ConcurrentHashMap<>();

  /**
   * @param documents names of the documents, in the order in which the page offers them
   */
  public DocsPages(List<String> documents) {
    this.documents = List.copyOf(documents);
  }

  @Override
  public String name() {
    return "docs";
  }

  @Override
  public List<String> basePaths() {
    return List.of("/openapi", "/docs");
  }

  @Override
  public ErrorShape errors() {
    return PlainErrors.SHAPE;
  }

  @Override
  public List<ApiRoute> routes() {
    return List.of(
        ApiRoute.get("/openapi", Need.NOTHING, exchange -> index()),
        ApiRoute.get("/openapi/:document", Need.NOTHING, this::document),
        ApiRoute.get("/docs", Need.NOTHING, exchange -> page("/docs/index.html")),
        ApiRoute.get("/docs/documents.js", Need.NOTHING, exchange -> page("/docs/documents.js")),
        viewer("swagger-ui.css"),
        viewer("swagger-ui-bundle.js"),
        viewer("swagger-ui-standalone-preset.js"),
        viewer("favicon-32x32.png"));
  }

  private ApiRoute viewer(String file) {
    return ApiRoute.get("/docs/" + file, Need.NOTHING, exchange -> page(viewer + file));
  }

  private Future<Answer> index() {
    JsonArray listed = new JsonArray();
    for (String name : documents) {
      listed.add(new JsonObject().put("name", name).put("url", "/openapi/" + name + ".yaml"));
    }
    return Future.succeededFuture(Answer.ok(new JsonObject().put("documents", listed)));
  }

  private Future<Answer> document(Exchange exchange) {
    String file = exchange.path("document");
    if (!file.endsWith(".yaml") || !documents.contains(file.substring(0, file.length() - 5))) {
      throw CurfewException.notFound("The document " + file);
    }
    return Future.succeededFuture(Answer.of(200, "application/yaml", contents("/openapi/" + file)));
  }

  private Future<Answer> page(String resource) {
    String extension = resource.substring(resource.lastIndexOf('.') + 1);
    return Future.succeededFuture(
        Answer.of(200, TYPES.getOrDefault(extension, "image/png"), contents(resource))
            .with("Cache-Control", "no-cache")
            .with("Content-Security-Policy", CONTENT_SECURITY_POLICY)
            .with("X-Content-Type-Options", "nosniff")
            .with("Referrer-Policy", "no-referrer"));
  }

  private Buffer contents(String resource) {
    return read.computeIfAbsent(resource, DocsPages::readResource);
  }

  private static Buffer readResource(String resource) {
    try (InputStream in = DocsPages.class.getResourceAsStream(resource)) {
      if (in == null) {
        throw new IllegalStateException("Not in the program: " + resource);
      }
      return Buffer.buffer(in.readAllBytes());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Of the viewer, as its own archive says: the version is part of its files' paths. */
  private static String version() {
    String about = "/META-INF/maven/org.webjars.npm/" + WEBJAR + "/pom.properties";
    try (InputStream in = DocsPages.class.getResourceAsStream(about)) {
      if (in == null) {
        throw new IllegalStateException("Not in the program: " + about);
      }
      Properties properties = new Properties();
      properties.load(in);
      return properties.getProperty("version");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
