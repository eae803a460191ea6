import { hasEnded } from '#contract/session-status';
import { SkyScanError, errorDetails, errorKind } from '#shared/base/errors';
import { refusal, type SessionAction } from '../domain/session-rules.ts';
import { ORCHESTRATOR, type Orchestrator } from '../clients/orchestrator.ts';
import type { HandOver } from '../reconciler/hand-over.ts';
import type { Database } from '../store/queryable.ts';
import { findSession, type SessionRow } from '../store/sessions.ts';

export interface ActionParts {
  db: Database;
  orchestratorOf: (siteId: number) => Pick<Orchestrator, 'act'>;
  handOver: Pick<HandOver, 'submit' | 'cancel'>;
  /** Requests a reconciliation of the site soon. */
  nudge: (siteId: number) => void;
}

/**
 * Pauses, resumes or cancels. The orchestrator decides, because the stored status may be outdated.
 * Throws `not_found`, `wrong_state` with the published message, and `unavailable`.
 */
export async function actOnScan(parts: ActionParts, action: SessionAction, sessionId: number): Promise<void> {
  const { db, orchestratorOf, handOver } = parts;
  const session = await findSession(db, sessionId);
  if (!session) throw sessionNotFound();
  if (hasEnded(session.status)) throw wrongState(action, session.status);
  const orchestrator = orchestratorOf(session.site_id);
  try {
    await orchestrator.act(action, sessionId);
    // Updates viewers without waiting for MQTT.
    parts.nudge(session.site_id);
    return;
  } catch (error) {
    switch (errorKind(error)) {
      case 'wrong_state':
        throw wrongState(action, errorDetails(error).state ?? session.status);
      case 'not_found':
        break;
      case 'unavailable':
        if (await cancelledLocally(parts, action, session)) return;
        await unlessEnded(db, action, sessionId);
        throw error;
      default:
        throw error;
    }
  }
  // The orchestrator does not have the session: not yet, no longer, or its disk was lost.
  await unlessEnded(db, action, sessionId);
  await handOver.submit(sessionId, session.rotor_id);
  await orchestrator.act(action, sessionId).catch((error: unknown) => {
    if (errorKind(error) === 'wrong_state')
      throw wrongState(action, errorDetails(error).state ?? session.status);
    if (errorKind(error) === 'not_found')
      throw new SkyScanError('unavailable', `Cannot connect to ${ORCHESTRATOR}`);
    throw error;
  });
}

export function sessionNotFound(): SkyScanError {
  return new SkyScanError('not_found', 'Scan session not found');
}

/** Throws `wrong_state` if the session has ended meanwhile. */
async function unlessEnded(db: Database, action: SessionAction, sessionId: number): Promise<void> {
  const now = await findSession(db, sessionId);
  if (now && hasEnded(now.status)) throw wrongState(action, now.status);
}

/** A session that the orchestrator cannot have is cancelled without it. */
async function cancelledLocally(
  { handOver }: ActionParts,
  action: SessionAction,
  session: SessionRow,
): Promise<boolean> {
  if (action !== 'cancel') return false;
  return (await handOver.cancel(session, null)) !== undefined;
}

function wrongState(action: SessionAction, state: string): SkyScanError {
  return new SkyScanError('wrong_state', refusal(action, state));
}
