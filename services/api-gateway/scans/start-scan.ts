import { SkyScanError, errorMessage } from '#shared/base/errors';
import { gridShape } from '#shared/sky/grid-shape';
import type { Logger } from '#shared/runtime/logger';
import { calibrationWarnings, pinBands, pinCalibration } from '../calibration/pin-calibration.ts';
import { MAX_ID } from '#contract/ids';
import { frequencyWarnings, rotorAtFrequency } from '../domain/beam-at-frequency.ts';
import { refineSettings } from '../domain/refine-settings.ts';
import { messageWithReason, NO_RSSI } from '../clients/peer-errors.ts';
import type { Orchestrator } from '../clients/orchestrator.ts';
import type { Plan } from '../clients/session-messages.ts';
import type { HandOver } from '../reconciler/hand-over.ts';
import type { Database, Queryable } from '../store/queryable.ts';
import type { ResolveFrame } from './resolve-frame.ts';
import { findRotor, lockRotor, type RotorRow } from '../store/rotors.ts';
import type { ScanRequest } from '#contract/rest/sessions';
import { boundsOf, insertSession, type RefinableRequest, type SessionRow } from '../store/sessions.ts';

export interface ScanParts {
  db: Database;
  orchestratorOf: (siteId: number) => Pick<Orchestrator, 'preview' | 'probe' | 'planOf'>;
  handOver: Pick<HandOver, 'submitAll'>;
  resolveFrame: ResolveFrame;
  /** Requests a reconciliation of the site soon. */
  nudge: (siteId: number) => void;
  logger: Logger;
}

/**
 * Creates a session: queries the hardware, then stores the row. If the hand-over fails, the
 * reconciler repeats it. `link` stores why the session exists, in the same transaction and with the
 * rotor locked; there is no session if it throws.
 */
export async function startScan(
  parts: ScanParts,
  request: ScanRequest,
  link?: (tx: Queryable, session: SessionRow) => Promise<void>,
): Promise<SessionRow> {
  const { db, orchestratorOf, handOver, nudge, logger } = parts;
  const rotor = await rotorFor(db, request);
  const frequencyHz = frequencyOf(request, rotor);
  const used = rotorAtFrequency(rotor, frequencyHz);
  const resolved = await resolvedRequest(parts, request, used);
  const { receiverGainDb, notes } = await orchestratorOf(rotor.site_id).probe(resolved, used);
  const scaled = rotor.beam ? frequencyWarnings(rotor.beam, frequencyHz) : [];
  const withNotes = {
    ...resolved,
    notes: [request.notes ?? '', ...notes, ...scaled].filter((note) => note !== '').join('\n') || null,
  };
  const shape = gridShape(boundsOf(request));
  const session = await db.transaction(async (tx) => {
    const locked = await lockRotor(tx, request.rotor_id);
    if (!locked) throw rotorNotFound();
    if (locked.site_id !== rotor.site_id)
      throw new SkyScanError('busy', 'Rotor has just been moved to another site; try again');
    // Pinned: later calibrations do not affect a started scan.
    const gainDb = sameGain(rotor, locked) ? receiverGainDb : undefined;
    const bands = request.bands ? await pinBands(tx, locked, request.bands, gainDb) : null;
    // The rotor of the session has the first band.
    const pinned = bands ? { ...locked, ...bands[0] } : await pinCalibration(tx, locked, gainDb);
    const atFrequency = rotorAtFrequency(pinned, pinned.center_frequency_hz);
    const row = await insertSession(tx, { request: withNotes, bands, rotor: atFrequency, shape });
    await link?.(tx, row);
    return row;
  });
  try {
    await handOver.submitAll(session.rotor_id);
  } catch (error) {
    logger.warn({ session: session.id, err: errorMessage(error) }, 'the session will be handed over later');
  }
  nudge(session.site_id);
  return session;
}

/**
 * Plans a scan without moving. Unreachable hardware is a warning. `startMs`: when it starts, Unix
 * milliseconds; absent: now.
 */
export async function previewScan(parts: ScanParts, request: ScanRequest, startMs?: number): Promise<Plan> {
  const { db, orchestratorOf } = parts;
  const rotor = await rotorFor(db, request);
  const orchestrator = orchestratorOf(rotor.site_id);
  const frequencyHz = frequencyOf(request, rotor);
  const used = rotorAtFrequency(rotor, frequencyHz);
  const resolved = await resolvedRequest(parts, request, used);
  const plan = await orchestrator.probe(resolved, used, startMs).catch(async (error: unknown) => {
    if (!(error instanceof SkyScanError) || error.kind !== 'unavailable') throw error;
    // Throws the same error again if the orchestrator is unreachable.
    const unprobed = await orchestrator.preview(resolved, used, startMs);
    return {
      ...unprobed,
      warnings: [...unprobed.warnings, messageWithReason(error)],
      receiverGainDb: undefined,
    };
  });
  const bands = request.bands ?? [rotor];
  const uncalibrated = await calibrationWarnings(db, rotor, bands, plan.receiverGainDb);
  const scaled = rotor.beam ? frequencyWarnings(rotor.beam, frequencyHz) : [];
  return { ...plan, warnings: [...plan.warnings, ...uncalibrated, ...scaled] };
}

/** Of several bands, the first one: that of the levels. */
function frequencyOf({ bands }: ScanRequest, rotor: RotorRow): number {
  return (bands?.[0] ?? rotor).center_frequency_hz;
}

/**
 * Throws `FieldError` for a refinement that does not suit the rotor, and what `resolveFrame`
 * throws.
 */
async function resolvedRequest(
  { resolveFrame }: Pick<ScanParts, 'resolveFrame'>,
  { refine, frame, ...request }: ScanRequest,
  rotor: RotorRow,
): Promise<RefinableRequest> {
  return {
    ...request,
    ...(refine && { refine: refineSettings(refine, request.step_deg, rotor) }),
    ...(frame && { frame: await resolveFrame(frame, rotor.site_id) }),
  };
}

/**
 * Whether the tuner gain of one rotor applies to the other: the user may have changed it meanwhile.
 */
function sameGain(a: RotorRow, b: RotorRow): boolean {
  return a.receiver === b.receiver && a.gain_db === b.gain_db;
}

export function rotorNotFound(): SkyScanError {
  return new SkyScanError('not_found', 'Rotor not found');
}

export async function rotorFor(db: Database, request: ScanRequest): Promise<RotorRow> {
  const rotor = request.rotor_id <= MAX_ID ? await findRotor(db, request.rotor_id) : undefined;
  if (!rotor) throw rotorNotFound();
  if (rotor.rssi_source === 'none') throw new SkyScanError('unsupported', NO_RSSI);
  return rotor;
}
