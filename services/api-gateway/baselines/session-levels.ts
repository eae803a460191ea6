import { channelsIn, type HertzRange } from '../domain/channel-range.ts';
import type { BaselineBand } from '../domain/baselines/bands.ts';
import type { Database } from '../store/queryable.ts';
import type { SessionRow } from '../store/sessions.ts';
import { readPackedPoints } from '../store/sources/points.ts';
import { findBands } from '../store/spectra/bands.ts';
import { readBand } from '../store/spectra/read-band.ts';

/** Size of a packed point, and where its level is (sky_analyst.proto). */
const POINT = { bytes: 24, level: 8 };

/**
 * The level of each point in a band of the baseline; NaN: none. That of the first whole band is the
 * level of the points; others are the sum of the power of their channels.
 */
export async function levelsIn(
  db: Database,
  session: SessionRow,
  { band: index, from_hz: fromHz, to_hz: toHz }: BaselineBand,
  isWhole: boolean,
): Promise<Float32Array> {
  const { id, completed_points: points } = session;
  if (isWhole && index === 0) return pointLevels(db, id, points);
  const levels = new Float32Array(points).fill(NaN);
  const band = (await findBands(db, id)).find((each) => each.band === index);
  if (!band) return levels;
  const range = channelsIn(band, { fromHz, toHz });
  for await (const { firstSeq, values } of readBand(db, { band, range, statistic: 'mean' }, 0, points))
    levels.set(values, firstSeq - 1);
  return levels;
}

/** The frequencies of a band. */
export function rangeOf({ from_hz: fromHz, to_hz: toHz }: BaselineBand): HertzRange {
  return { fromHz, toHz };
}

async function pointLevels(db: Database, id: number, points: number): Promise<Float32Array> {
  const levels = new Float32Array(points).fill(NaN);
  let point = 0;
  for await (const piece of readPackedPoints(db, id, points))
    for (let at = POINT.level; at < piece.length; at += POINT.bytes) levels[point++] = piece.readFloatBE(at);
  return levels;
}
