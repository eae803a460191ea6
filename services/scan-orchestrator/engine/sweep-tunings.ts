import type { Pointing } from '#shared/sky/pointing';
import { rowBytes } from '../domain/sweep-spectra.ts';
import type { ClockOffsets } from './clock-sync.ts';
import { sweepRow, type Sweep, type SweepUnit, type SweptCell } from './sweep.ts';
import type { Tuning, Tunings } from './tunings.ts';

/**
 * Sweeps a row for each tuning in turn; each begins where the one before ended. Returns what every
 * tuning received in the cells, and the final position. `onSweep`: before the sweeps of a tuning.
 */
export async function sweepTunings(
  unit: SweepUnit,
  tunings: Tunings,
  offsets: ClockOffsets,
  sweep: Omit<Sweep, 'tuning'>,
  onSweep: (to: Pointing, tuning: Tuning) => void,
  signal: AbortSignal,
): Promise<{ byTuning: SweptCell[][]; at: Pointing }> {
  const byTuning: SweptCell[][] = [];
  let { from, to } = unit;
  let at = from;
  for (const tuning of tunings) {
    await sweep.spectra.untilRoom(
      rowBytes(sweep.row.setpoints.length, tuning.spectrum?.channels ?? 0),
      signal,
    );
    onSweep(to, tuning);
    const swept = await sweepRow({ from, to }, offsets, { ...sweep, tuning }, signal);
    byTuning.push(swept.cells);
    at = swept.at;
    if (distanceDeg(at, to) < distanceDeg(at, from)) [from, to] = [to, from];
  }
  return { byTuning, at };
}

function distanceDeg(a: Pointing, b: Pointing): number {
  return Math.abs(a.azimuthDeg - b.azimuthDeg);
}
