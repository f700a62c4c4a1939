/** The embedded PostgreSQL server. */
@NullMarked
package dev.curfew.store.embedded;

import org.jspecify.annotations.NullMarked;
