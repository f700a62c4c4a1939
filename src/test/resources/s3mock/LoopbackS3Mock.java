import com.adobe.testing.s3mock.S3MockApplication;
import java.util.Map;
import org.apache.catalina.connector.Connector;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;

/**
 * Adobe S3Mock on loopback only: its second connector would listen on all of the machine's
 * addresses. Run from source, with S3Mock's own classes on the class path; ends with its standard
 * input.
 */
final class LoopbackS3Mock {
  private static final String LOOPBACK = "127.0.0.1";

  public static void main(String[] args) throws Exception {
    ConfigurableApplicationContext server =
        new SpringApplicationBuilder(S3MockApplication.class)
            .properties(
                Map.<String, Object>of(
                    "server.address", LOOPBACK,
                    "server.port", "0",
                    "server.ssl.enabled", "false",
                    "http.port", "0",
                    "logging.level.root", "WARN",
                    "spring.main.banner-mode", "off",
                    "com.adobe.testing.s3mock.store.root", args[0]))
            .initializers(
                context ->
                    context
                        .getBeanFactory()
                        .addBeanPostProcessor(
                            new BeanPostProcessor() {
                              @Override
                              public Object postProcessAfterInitialization(Object bean, String name) {
                                if (bean instanceof Connector connector) {
                                  connector.setProperty("address", LOOPBACK);
                                }
                                return bean;
                              }
                            }))
            .run();
    System.out.println("port " + server.getEnvironment().getProperty("local.server.port"));
    System.out.flush();
    while (System.in.read() >= 0) {
      // Until whoever started this is gone.
    }
    System.exit(0);
  }
}
