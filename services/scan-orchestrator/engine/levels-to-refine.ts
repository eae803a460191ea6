import type { DoneCells } from './done-cells.ts';
import type { Journal } from './ports.ts';
import { cellOf, gridCells, isToRefine, type SessionRecord } from './session-record.ts';

const BATCH = 1_000;

/**
 * The levels of the grid by cell number, from the journal, dB; NaN without a point. Undefined for a
 * session that adds no points, or has decided which. Single precision, so that levels that were
 * handed over again lead to the same decision.
 */
export async function levelsToRefine(
  record: Readonly<SessionRecord>,
  { completedPoints }: Pick<DoneCells, 'completedPoints'>,
  journal: Pick<Journal, 'readPoints'>,
): Promise<Float32Array | undefined> {
  if (!isToRefine(record)) return undefined;
  const levels = new Float32Array(gridCells(record.bounds)).fill(NaN);
  for (const { cell, levelDb } of record.givenLevels ?? []) levels[cell] = levelDb;
  for (let seq = 0; seq < completedPoints;) {
    const points = await journal.readPoints(record.sessionId, seq, BATCH);
    for (const point of points) levels[cellOf(point, record)] = point.meanDbm;
    // Nothing is read at a damaged point, and after the points of a lost journal.
    seq = points.at(-1)?.seq ?? seq + 1;
  }
  return levels;
}
