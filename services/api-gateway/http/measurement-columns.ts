import { at, type PointBlock } from '../store/point-block.ts';

/** Points as they are shown; with the drift that has been taken off their levels. */
export interface ShownBlock extends PointBlock {
  drift_db?: Float64Array;
}

const DRIFTING = ['mean_dbm', 'min_dbm', 'max_dbm', 'last_dbm'] as const;

/** Takes the drift of the receiver (dB at a time, Unix milliseconds) off the levels. */
export function withoutDrift(block: PointBlock, drift: (atMs: number) => number): ShownBlock {
  const drift_db = block.floats.measured_at.map(drift);
  const floats = { ...block.floats };
  for (const name of DRIFTING) floats[name] = floats[name].map((level, index) => level - at(drift_db, index));
  return { ...block, floats, drift_db };
}

/** The level of the reference when it was visited just before a point, else undefined. */
export function referenceDbm({ counts, references }: PointBlock, index: number): number | undefined {
  return references.size === 0 ? undefined : references.get(at(counts.seq, index))?.mean_dbm;
}
