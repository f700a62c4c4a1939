/**
 * Raw recordings of terminals as asciicast, which players show: version 2 of the format, as
 * described at <a href="https://docs.asciinema.org/manual/asciicast/v2/">docs.asciinema.org</a>.
 * {@link dev.curfew.terminal.TerminalRecording} is the way in; it takes the pieces of the raw
 * recording one after the other and keeps little of them in memory.
 *
 * <p>When things fail: what is no terminal's output makes no asciicast, which is not an error.
 * Bytes that are no UTF-8 are replaced, sequences that never end are written as they are. A ttyrec
 * that breaks off makes an asciicast of what is in front of the break, and says so.
 */
@NullMarked
package dev.curfew.terminal;

import org.jspecify.annotations.NullMarked;
