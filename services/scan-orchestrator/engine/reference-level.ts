import type { Pointing } from '#shared/sky/pointing';
import { summariseReads, type Read, type ReferenceMeasurement } from '../domain/measurement.ts';
import { isReferenceDue, type ReferencePlan } from '../domain/reference.ts';

/** The level at the reference pointing: when to measure it, and which point carries it. */
export interface ReferenceLevel {
  /**
   * Whether to measure it before a unit that leaves `cellsLeft` - 1 cells; `nowMs` is monotonic.
   */
  isDue(nowMs: number, cellsLeft: number): boolean;
  /** `nowMs` is monotonic. */
  measured(reads: Read[], readback: Pointing, measuredAtMs: number, nowMs: number): void;
  /** Adds the level to the first point. */
  with<Point extends { reference?: ReferenceMeasurement | undefined }>(points: Point[]): Point[];
  /** A point with the level is being written to the journal. */
  taken(): void;
  /** The journal rejected the point with the level. */
  lost(): void;
}

export function createReferenceLevel(plan: ReferencePlan | undefined, calibrated: boolean): ReferenceLevel {
  /** Is added to the next point. */
  let level: ReferenceMeasurement | undefined;
  let measuredMs: number | undefined;
  return {
    isDue(nowMs, cellsLeft) {
      const fresh = level !== undefined;
      return plan !== undefined && isReferenceDue(plan, { nowMs, lastMs: measuredMs, cellsLeft, fresh });
    },
    measured(reads, readback, measuredAtMs, nowMs) {
      const { meanDbm, stdDb, reads: levels, flags } = summariseReads(reads, calibrated);
      level = { readback, meanDbm, stdDb, reads: levels, flags, measuredAtMs };
      measuredMs = nowMs;
    },
    with(points) {
      const [first, ...others] = points;
      return first && level ? [{ ...first, reference: level }, ...others] : points;
    },
    taken() {
      level = undefined;
    },
    lost() {
      measuredMs = undefined;
    },
  };
}
