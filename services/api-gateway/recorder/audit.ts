import type { Measurement } from '#contract/measurement';
import type { Orchestrator } from '../clients/orchestrator.ts';
import type { Database } from '../store/queryable.ts';
import { readPoints, replacePoints } from '../store/points.ts';
import type { SessionRow } from '../store/sessions.ts';
import { checkPoint } from './check-point.ts';

const BATCH = 1_000;

/**
 * Compares the stored points after `afterSeq` with the journal, as far as it still has them, and
 * stores the journal's version of those that differ. Returns their number. This removes forged
 * points that fit the plan, which any client with access to MQTT can publish.
 */
export async function auditPoints(
  { db, orchestrator }: { db: Database; orchestrator: Pick<Orchestrator, 'replay'> },
  session: SessionRow,
  afterSeq: number,
): Promise<number> {
  const upToSeq = session.completed_points;
  let corrected = 0;
  for (let cursor = afterSeq; cursor < upToSeq;) {
    const journal = (await orchestrator.replay(session.id, cursor, BATCH))
      .map(({ measurement }) => measurement)
      .filter(({ seq }) => seq <= upToSeq);
    const first = journal[0];
    const last = journal.at(-1);
    if (!first || !last) break;
    const range = { afterSeq: first.seq - 1, upToSeq: last.seq, limit: journal.length };
    const wrong = differing(journal, await readPoints(db, session.id, range)).filter(
      (point) => checkPoint(point, session) === undefined,
    );
    const run = { sessionId: session.id, columns: session.grid_columns, points: wrong };
    if (wrong.length > 0) await db.transaction((tx) => replacePoints(tx, run));
    corrected += wrong.length;
    cursor = last.seq;
  }
  return corrected;
}

function differing(journal: Measurement[], stored: Measurement[]): Measurement[] {
  const bySeq = new Map(stored.map((point) => [point.seq, JSON.stringify(point)]));
  return journal.filter((point) => bySeq.get(point.seq) !== JSON.stringify(point));
}
