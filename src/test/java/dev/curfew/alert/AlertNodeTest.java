package dev.curfew.alert;

import dev.curfew.auth.Role;
import dev.curfew.auth.Scope;
import dev.curfew.testing.DirectSql;
import dev.curfew.testing.TestLog;
import dev.curfew.testing.TestPeople;
import dev.curfew.testing.TestStore;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** A node of its own for each test, with people in two realms and a log to write to. */
abstract class AlertNodeTest {
  final AlertNode.Keys keys = new AlertNode.Keys();
  final String admin = keys.add(AlertNode.principal(1, 1, Role.ADMIN, Scope.AUDIT_READ));
  private final AlertHub.Options options;
  AlertNode node;
  DirectSql sql;
  TestLog log;

  AlertNodeTest(AlertHub.Options options) {
    this.options = options;
  }

  @BeforeEach
  void open() throws Exception {
    node = new AlertNode(TestStore.open(), keys, options);
    sql = DirectSql.open(node.endpoint());
    log = new TestLog(sql);
    TestPeople people = new TestPeople(sql).realm(1, "root").realm(2, "acme");
    people.user(1, 1, "user1");
    people.user(2, 1, "user2");
    people.user(3, 2, "user3");
  }

  @AfterEach
  void close() throws Exception {
    sql.close();
    node.close();
  }
}
