/**
 * Holds what the program answers against the OpenAPI documents under {@code openapi/}.
 *
 * <p>A test that talks HTTP passes each {@link dev.curfew.contract.WireExchange} to {@link
 * dev.curfew.contract.OpenApiContract#check}; a status, header or body that the document does not
 * allow fails it with the place and the rule. The contract remembers what it has seen, so that a
 * suite can end by asserting that every operation was driven. The documents are held to the OpenAPI
 * structure, and their examples to their own schemas, by {@code OpenApiDocumentsTest}.
 */
@NullMarked
package dev.curfew.contract;

import org.jspecify.annotations.NullMarked;
