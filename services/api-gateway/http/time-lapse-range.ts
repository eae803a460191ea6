import type { LevelRange } from '#sky-map/range';
import { autoRange } from '#sky-map/range';
import { createDrift, type DriftReference } from '../domain/drift.ts';
import { LEVEL_BYTES } from '../store/levels.ts';

/** A map whose levels are read twice: for the range, and to be drawn. */
export interface RangedFrame {
  points: number;
  references: DriftReference[] | undefined;
  read: () => AsyncIterable<Uint8Array>;
}

// Memory for 4 bytes each. A sample of this size has the percentiles of the whole.
const MAX_SAMPLES = 500_000;

/**
 * The automatic range of all frames together: the 1st to the 99th percentile. Samples every n-th
 * level, so that it takes the same memory for any number of frames. Undefined without levels.
 */
export async function commonRange(
  frames: readonly RangedFrame[],
  minSpan: number | undefined,
  signal: AbortSignal,
): Promise<LevelRange | undefined> {
  const points = frames.reduce((sum, frame) => sum + frame.points, 0);
  // An odd stride samples all columns evenly.
  const stride = points <= MAX_SAMPLES ? 1 : Math.ceil(points / MAX_SAMPLES) | 1;
  const samples = new Float32Array(Math.ceil(points / stride)).fill(NaN);
  let seen = 0;
  for (const { references, read } of frames) {
    const drift = references && createDrift(references);
    const bytes = drift ? LEVEL_BYTES.timed : LEVEL_BYTES.plain;
    for await (const piece of read()) {
      signal.throwIfAborted();
      const view = new DataView(piece.buffer, piece.byteOffset, piece.byteLength);
      for (let at = 0; at + bytes <= piece.byteLength; at += bytes, seen++) {
        if (seen % stride !== 0) continue;
        const level = view.getFloat32(at + 4) - (drift ? drift(view.getFloat64(at + 8)) : 0);
        samples[seen / stride] = level;
      }
    }
  }
  return autoRange(samples, minSpan);
}
