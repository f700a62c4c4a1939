/**
 * What can go wrong, by name. Every failure that crosses a package boundary is a {@link
 * dev.curfew.fault.CurfewException} carrying an {@link dev.curfew.fault.ErrorCode}; each dialect
 * maps the code's category to its own status and body in one place. Anything else that escapes is a
 * defect and is answered as {@link dev.curfew.fault.ErrorCode#INTERNAL} without detail.
 */
@NullMarked
package dev.curfew.fault;

import org.jspecify.annotations.NullMarked;
