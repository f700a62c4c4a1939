/**
 * Benchmarks: main classes run by the {@code bench} profile, their results beside them as text.
 *
 * <pre>
 * mvn -q -Pbench test-compile exec:exec -Dbench=dev.curfew.bench.TimerBench
 * </pre>
 */
@NullMarked
package dev.curfew.bench;

import org.jspecify.annotations.NullMarked;
