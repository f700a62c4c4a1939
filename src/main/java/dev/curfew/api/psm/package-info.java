/**
 * The PSM dialect: lifecycle, claims and recording of gateway sessions, under {@code
 * /api/services/v1/secureaccessgateway}. Calls are told apart by name, whatever its case. {@link
 * dev.curfew.api.psm.GatewayCalls} are those of the gateway that owns a session, {@link
 * dev.curfew.api.psm.CaptureCalls} those that record it, {@link dev.curfew.api.psm.WorkerCalls}
 * those of encoders and uploaders, {@link dev.curfew.api.psm.UtilityCalls} the rest.
 */
@NullMarked
package dev.curfew.api.psm;

import org.jspecify.annotations.NullMarked;
