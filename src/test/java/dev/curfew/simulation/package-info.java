/**
 * A whole cluster in one thread and in virtual time, from one seed: nodes with imprecise clocks
 * that crash and freeze, a database that is late, silent or away, clients that give up and ask
 * again. The kernels in it are the real ones; what drives them follows the shard verticle, and the
 * database does what the statements of the session store say.
 *
 * <p>{@link dev.curfew.simulation.World} puts it together. {@link dev.curfew.simulation.Rules}
 * watches every commit, reply and turn and knows nothing of how a kernel comes to its decisions: it
 * works out from commits, acknowledgements and faults alone what may and what must have happened.
 *
 * <p>The same seed gives the same run. When a rule is broken, the test prints the seed, how to run
 * it again with a full trace, and the last things that happened.
 */
package dev.curfew.simulation;
