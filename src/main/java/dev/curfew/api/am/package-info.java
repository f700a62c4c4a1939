/**
 * The AM dialect: session tokens as clients of the AM and OpenAM family know them, over their REST
 * protocol (CREST) and the session service of their policy agents.
 *
 * <p>{@link dev.curfew.api.am.AmDialect} is the way in. A path names a realm and a resource ({@link
 * dev.curfew.api.am.AmPath}); what a resource can do differs between its versions ({@link
 * dev.curfew.api.am.VersionedResource}); what can be asked of sessions, in which version, and by
 * whom, is the table {@link dev.curfew.api.am.SessionAction}. The caller is known by a session
 * token of their own, so these routes authenticate by themselves.
 *
 * <p>Reading never counts as activity of the user; only the actions whose table entry says so move
 * the idle deadline. Every refusal has the family's shape, {@code {"code","reason","message"}}.
 */
@NullMarked
package dev.curfew.api.am;

import org.jspecify.annotations.NullMarked;
