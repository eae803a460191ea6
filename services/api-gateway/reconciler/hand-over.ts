import { SkyScanError, errorKind, errorMessage, type ErrorKind } from '#shared/base/errors';
import type { Logger } from '#shared/runtime/logger';
import { countedOf } from '#shared/base/plurals';
import { tightenedLimit } from '../domain/tightened-limits.ts';
import { hasEnded } from '#contract/session-status';
import { createKeyedMutex } from '#shared/runtime/keyed-mutex';
import type { Orchestrator, StoredPoints } from '../clients/orchestrator.ts';
import type { Database } from '../store/queryable.ts';
import { storedCells } from '../store/points.ts';
import { storedLevels } from '../store/refinements.ts';
import { findRotor } from '../store/rotors.ts';
import {
  cancelLocally,
  endLocally,
  findSession,
  listNotHandedOver,
  markHandedOver,
  markOffered,
  markRefused,
  type SessionRow,
} from '../store/sessions.ts';

/** Hands sessions over to the orchestrator, for each rotor in the order of creation. */
export interface HandOver {
  /**
   * Hands over all new sessions of the rotor. Throws if the orchestrator does not accept one; later
   * ones then wait.
   */
  submitAll(rotorId: number): Promise<void>;
  /**
   * Hands over one session, with its stored cells if the orchestrator had it before, after all
   * older sessions. Does nothing if it has ended. If its rotor was deleted or has tighter limits
   * than planned, the session is cancelled with a note.
   */
  submit(sessionId: number, rotorId: number): Promise<void>;
  /**
   * Ends a session that the orchestrator cannot have; undefined for any other session. One whose
   * hand-over was not answered may be running.
   */
  cancel(session: SessionRow, reason: string | null): Promise<SessionRow | undefined>;
}

// A retry cannot succeed.
const FINAL_REFUSALS: ErrorKind[] = ['invalid', 'out_of_range', 'unsupported'];

export function createHandOver(parts: {
  db: Database;
  orchestratorOf: (siteId: number) => Pick<Orchestrator, 'start'>;
  /** Reports a session that was cancelled here to viewers and broker. */
  onCancelled: (session: SessionRow) => void;
  logger: Logger;
}): HandOver {
  const { db, orchestratorOf, onCancelled, logger } = parts;
  const oneAtATime = createKeyedMutex();

  async function submitOne(session: SessionRow): Promise<void> {
    const forbidden = tightenedLimit(session.rotor, await findRotor(db, session.rotor_id));
    if (forbidden !== undefined) return refuse(session, forbidden);
    const had = session.handed_over_at !== null || session.completed_points > 0;
    const orchestrator = orchestratorOf(session.site_id);
    if (session.offered_at === null) await markOffered(db, session.id);
    try {
      if (had) await orchestrator.start(session, await storedPoints(session));
      else await orchestrator.start(session);
    } catch (error) {
      if (had || !FINAL_REFUSALS.includes(errorKind(error))) throw error;
      logger.warn({ session: session.id, err: errorMessage(error) }, 'the orchestrator refused a session');
      await markRefused(db, session.id);
      await cancel(session, `could not be started: ${errorMessage(error)}`.slice(0, 2_000));
      return;
    }
    await markHandedOver(db, session.id);
  }

  async function storedPoints(session: SessionRow): Promise<StoredPoints> {
    const isToRefine = session.refine !== null && session.refined === null;
    const levelsDb = isToRefine ? await storedLevels(db, session.id) : [];
    return { cells: await storedCells(db, session), levelsDb };
  }

  async function refuse(session: SessionRow, reason: string): Promise<void> {
    logger.warn({ session: session.id, reason }, 'session cancelled instead of handed over');
    const measured = `${countedOf(session.completed_points, session.total_points, 'point')} ${session.total_points === 1 ? 'is' : 'are'} kept`;
    const row = await endLocally(
      db,
      session.id,
      `cancelled: ${reason}; ${measured}. Start a new scan for the rest.`,
    );
    if (row) onCancelled(row);
  }

  async function cancel(session: SessionRow, reason: string | null): Promise<SessionRow | undefined> {
    const row = await cancelLocally(db, session.id, reason);
    if (row) onCancelled(row);
    return row;
  }

  return {
    submitAll: (rotorId) =>
      oneAtATime(rotorId, async () => {
        for (const session of await listNotHandedOver(db, rotorId)) await submitOne(session);
      }),
    submit: (sessionId, rotorId) =>
      oneAtATime(rotorId, async () => {
        const session = await findSession(db, sessionId);
        if (!session) throw new SkyScanError('not_found', 'Scan session not found');
        if (hasEnded(session.status)) return;
        const before = (await listNotHandedOver(db, rotorId)).filter(({ id }) => id < sessionId);
        for (const earlier of before) await submitOne(earlier);
        await submitOne(session);
      }),
    cancel: (session, reason) => oneAtATime(session.rotor_id, () => cancel(session, reason)),
  };
}
