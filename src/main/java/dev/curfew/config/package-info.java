/**
 * What an operator may set: {@link dev.curfew.config.CurfewConfig}, one record per section, with
 * every setting's key, default and range declared on the component that holds it. {@link
 * dev.curfew.config.ConfigLoader} fills it from the defaults, {@code conf/curfew.yaml} and the
 * {@code CURFEW_*} variables.
 *
 * <p>There are no states: a configuration is read once, before anything else starts, and never
 * changes. Anything unusable in it (an unknown key, a wrong type, a value out of range, two
 * settings that contradict each other) refuses the start with {@link
 * dev.curfew.fault.ErrorCode#BAD_CONFIGURATION}, all problems in one message, each with the file
 * and line or the variable it comes from. Secret values appear neither there nor in any {@code
 * toString}.
 */
@NullMarked
package dev.curfew.config;

import org.jspecify.annotations.NullMarked;
