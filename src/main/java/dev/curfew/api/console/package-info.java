/**
 * Administration of active sessions: watching and revoking them, granting access to devices and
 * resources, and the access requests of the origin product's scripts. {@link
 * dev.curfew.api.console.ConsoleDialect} lists the calls.
 *
 * <p>Failures have the access dialect's shape, those of {@code /api/v2} only a {@code message}.
 */
@NullMarked
package dev.curfew.api.console;

import org.jspecify.annotations.NullMarked;
