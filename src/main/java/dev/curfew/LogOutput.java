package dev.curfew;

import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.joran.JoranConfigurator;
import ch.qos.logback.core.joran.spi.JoranException;
import dev.curfew.config.CurfewConfig;
import java.net.URL;
import org.slf4j.LoggerFactory;
import org.slf4j.bridge.SLF4JBridgeHandler;

/**
 * Brings logging into the form that the settings ask for: Curfew's own messages and those of all
 * libraries, whichever logging they use.
 */
public final class LogOutput {
  /** Logback's own property, by which an operator may give a file to be used instead. */
  private static final String OPERATORS_FILE = "logback.configurationFile";

  private LogOutput() {}

  /** Applies from the next message on; does nothing where the operator gave a Logback file. */
  public static void apply(CurfewConfig.Logging logging) {
    URL shipped = LogOutput.class.getResource("/logback.xml");
    if (shipped == null) {
      throw new IllegalStateException("logback.xml is not in the jar");
    }
    if (System.getProperty(OPERATORS_FILE) != null) {
      return;
    }
    SLF4JBridgeHandler.removeHandlersForRootLogger();
    SLF4JBridgeHandler.install();
    LoggerContext context = (LoggerContext) LoggerFactory.getILoggerFactory();
    JoranConfigurator configurator = new JoranConfigurator();
    configurator.setContext(context);
    context.reset();
    context.putProperty("curfew.logging.format", logging.format().toString());
    context.putProperty("curfew.logging.level", logging.level().toString());
    try {
      configurator.doConfigure(shipped);
    } catch (JoranException e) {
      throw new IllegalStateException(e);
    }
  }
}
