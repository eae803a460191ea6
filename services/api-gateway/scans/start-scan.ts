import { SkyScanError, errorMessage } from '#shared/base/errors';
import { gridShape } from '#shared/sky/grid-shape';
import type { Logger } from '#shared/runtime/logger';
import { calibrationWarnings, pinCalibration } from '../calibration/pin-calibration.ts';
import { MAX_ID } from '#contract/ids';
import { messageWithReason, NO_RSSI } from '../clients/peer-errors.ts';
import type { Orchestrator } from '../clients/orchestrator.ts';
import type { Plan } from '../clients/session-messages.ts';
import type { HandOver } from '../reconciler/hand-over.ts';
import type { Database } from '../store/database.ts';
import { findRotor, lockRotor, type RotorRow } from '../store/rotors.ts';
import type { ScanRequest } from '#contract/rest/sessions';
import { boundsOf, insertSession, type SessionRow } from '../store/sessions.ts';

export interface ScanParts {
  db: Database;
  orchestrator: Pick<Orchestrator, 'preview' | 'probe' | 'planOf'>;
  handOver: Pick<HandOver, 'submitAll'>;
  /** Asks for a reconciliation soon. */
  nudge: () => void;
  logger: Logger;
}

/**
 * Creates a session: the hardware is asked first, then the row is the intent. A hand-over that
 * fails is made up for by the reconciler, so the session exists either way.
 */
export async function startScan(parts: ScanParts, request: ScanRequest): Promise<SessionRow> {
  const { db, orchestrator, handOver, nudge, logger } = parts;
  const rotor = await rotorFor(db, request);
  const { receiverGainDb, notes } = await orchestrator.probe(request, rotor);
  const noted = {
    ...request,
    notes: [request.notes ?? '', ...notes].filter((note) => note !== '').join('\n') || null,
  };
  const shape = gridShape(boundsOf(request));
  const session = await db.transaction(async (tx) => {
    const locked = await lockRotor(tx, request.rotor_id);
    if (!locked) throw rotorNotFound();
    // Pinned: what is calibrated later changes nothing of a scan that has begun.
    const pinned = await pinCalibration(tx, locked, sameGain(rotor, locked) ? receiverGainDb : undefined);
    return insertSession(tx, { request: noted, rotor: pinned, shape });
  });
  try {
    await handOver.submitAll(session.rotor_id);
  } catch (error) {
    logger.warn({ session: session.id, err: errorMessage(error) }, 'the session will be handed over later');
  }
  nudge();
  return session;
}

/** Plans the scan and moves nothing. Hardware that is away is a warning. */
export async function previewScan(parts: ScanParts, request: ScanRequest): Promise<Plan> {
  const { db, orchestrator } = parts;
  const rotor = await rotorFor(db, request);
  const plan = await orchestrator.probe(request, rotor).catch(async (error: unknown) => {
    if (!(error instanceof SkyScanError) || error.kind !== 'unavailable') throw error;
    // Throws the same again when it is the orchestrator that is away.
    const blind = await orchestrator.preview(request, rotor);
    return { ...blind, warnings: [...blind.warnings, messageWithReason(error)], receiverGainDb: undefined };
  });
  const uncalibrated = await calibrationWarnings(db, rotor, plan.receiverGainDb);
  return { ...plan, warnings: [...plan.warnings, ...uncalibrated] };
}

/**
 * Whether what the tuner said of one rotor goes for the other: its owner may have changed it
 * meanwhile.
 */
function sameGain(a: RotorRow, b: RotorRow): boolean {
  return a.receiver === b.receiver && a.gain_db === b.gain_db;
}

export function rotorNotFound(): SkyScanError {
  return new SkyScanError('not_found', 'Rotor not found');
}

async function rotorFor(db: Database, request: ScanRequest): Promise<RotorRow> {
  const rotor = request.rotor_id <= MAX_ID ? await findRotor(db, request.rotor_id) : undefined;
  if (!rotor) throw rotorNotFound();
  if (rotor.rssi_source === 'none') throw new SkyScanError('unsupported', NO_RSSI);
  return rotor;
}
