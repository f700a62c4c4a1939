/** The program: its entry point, its commands and the wiring of a node. */
@NullMarked
package dev.curfew;

import org.jspecify.annotations.NullMarked;
