package dev.curfew.store;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import dev.curfew.testing.Await;
import dev.curfew.testing.TestStore;
import io.vertx.sqlclient.PreparedStatement;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Every statement of the store is one that the real server takes. */
final class SqlStatementsTest {
  private static final Pattern STATEMENT =
      Pattern.compile("\\s*(SELECT|INSERT|UPDATE|DELETE|WITH)\\s.*", Pattern.DOTALL);

  @Test
  void everyStatement_isPreparedByTheServer() throws Exception {
    Map<String, String> statements = statements();
    assertThat(statements).hasSizeGreaterThan(50);
    Map<String, String> refused = new TreeMap<>();
    try (TestStore store = TestStore.open()) {
      statements.forEach(
          (name, sql) ->
              Await.result(
                  store
                      .database()
                      .transaction(
                          on ->
                              on.prepare(sql)
                                  .compose(PreparedStatement::close)
                                  .onFailure(failure -> refused.put(name, failure.getMessage()))
                                  .otherwiseEmpty())
                      .otherwiseEmpty()));
    }
    assertThat(refused).isEmpty();
  }

  /** The constants that are whole statements; parts of statements are held by those. */
  private static Map<String, String> statements() throws Exception {
    JavaClasses classes =
        new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages("dev.curfew.store");
    Map<String, String> statements = new TreeMap<>();
    for (JavaClass javaClass : classes) {
      for (Field field : javaClass.reflect().getDeclaredFields()) {
        if (field.getType() == String.class && Modifier.isStatic(field.getModifiers())) {
          field.setAccessible(true);
          String value = (String) field.get(null);
          if (value != null && STATEMENT.matcher(value).matches()) {
            statements.put(javaClass.getSimpleName() + "." + field.getName(), value);
          }
        }
      }
    }
    return statements;
  }
}
