/**
 * PostgreSQL, the only truth: where it is ({@link dev.curfew.store.DatabaseEndpoint}), all SQL and
 * the mapping of rows.
 */
@NullMarked
package dev.curfew.store;

import org.jspecify.annotations.NullMarked;
