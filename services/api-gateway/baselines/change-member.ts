import { SkyScanError } from '#shared/base/errors';
import { misfitOf } from '../domain/baselines/setup.ts';
import { lockBaseline, type BaselineRow } from '../store/baselines/baselines.ts';
import { addWaiting, confirmMember, excludeMember, findMember } from '../store/baselines/members.ts';
import type { Database } from '../store/queryable.ts';
import type { SessionRow } from '../store/sessions.ts';
import { requireUsable } from './create-baseline.ts';
import { factsOf } from './session-facts.ts';

const BY_USER = 'excluded by a user';

/**
 * Includes or excludes a session as the user says. A session to include waits until it is compared.
 * Throws `busy` with the reason if it does not fit, `not_found` if the baseline was deleted.
 */
export async function changeMember(
  db: Database,
  baseline: BaselineRow,
  session: SessionRow,
  status: 'included' | 'excluded',
): Promise<void> {
  if (status === 'included') {
    requireUsable(session, session.id);
    const misfit = misfitOf(baseline, await factsOf(db, session));
    if (misfit?.isFinal) throw doesNotFit(session, baseline, misfit.reason);
  }
  await db.transaction(async (tx) => {
    if (!(await lockBaseline(tx, baseline.id))) throw new SkyScanError('not_found', 'Baseline not found');
    const member = await findMember(tx, baseline.id, session.id);
    if (status === 'excluded')
      await excludeMember(tx, baseline.id, { session_id: session.id, reason: BY_USER, is_by_user: true });
    else if (member?.status === 'included') await confirmMember(tx, baseline.id, session.id);
    else await addWaiting(tx, baseline.id, [session.id], true);
  });
}

export function doesNotFit({ id }: SessionRow, { id: baseline }: BaselineRow, reason: string): SkyScanError {
  return new SkyScanError('busy', `Session ${id} does not fit baseline ${baseline}: ${reason}`);
}
