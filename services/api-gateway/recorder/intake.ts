import type { PointMessage } from '#contract/mqtt-messages';
import type { StatusReport } from '../store/session-status.ts';
import type { Outcome } from './outcome.ts';

/** Takes the messages of sessions. */
export interface PointIntake {
  /** Call it in the order of arrival, without waiting for the result. */
  point(sessionId: number, message: PointMessage): Promise<Outcome>;
  statusHint(sessionId: number, report: StatusReport, total: number): Promise<Outcome>;
}

// As many as run at a time, and some that have ended.
const CAPACITY = 10_000;

/**
 * Gives the messages of a session to the recorder if this gateway works for its site, else to the
 * follower. `siteOf`: undefined for an unknown session.
 */
export function createIntake(parts: {
  recorder: PointIntake;
  follower: PointIntake;
  siteOf: (sessionId: number) => Promise<number | undefined>;
  isOwner: (siteId: number) => boolean;
}): PointIntake {
  const { recorder, follower, siteOf, isOwner } = parts;
  /** Promises, so that messages that arrive while a site is looked up keep their order. */
  const sites = new Map<number, Promise<number | undefined>>();

  async function lookUp(sessionId: number): Promise<number | undefined> {
    const forget = () => void sites.delete(sessionId);
    const found = siteOf(sessionId).catch((error: unknown) => {
      forget();
      throw error;
    });
    const [oldest] = sites.keys();
    if (sites.size >= CAPACITY && oldest !== undefined) sites.delete(oldest);
    sites.set(sessionId, found);
    const siteId = await found;
    // It may be created later.
    if (siteId === undefined) forget();
    return siteId;
  }

  async function intakeFor(sessionId: number): Promise<PointIntake> {
    const siteId = await (sites.get(sessionId) ?? lookUp(sessionId));
    return siteId === undefined || isOwner(siteId) ? recorder : follower;
  }

  return {
    point: async (id, message) => (await intakeFor(id)).point(id, message),
    statusHint: async (id, report, total) => (await intakeFor(id)).statusHint(id, report, total),
  };
}
