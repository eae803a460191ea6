import type { Pointing } from '#shared/sky/pointing';
import { summariseReads, type Read, type ReferenceMeasurement } from '../domain/measurement.ts';
import { isReferenceDue, type ReferencePlan } from '../domain/reference.ts';

/** The level at the reference pointing: when to measure it, and which point carries it. */
export class ReferenceLevel {
  readonly #plan: ReferencePlan | undefined;
  readonly #calibrated: boolean;
  /** Is added to the next point. */
  #level: ReferenceMeasurement | undefined;
  #measuredMs: number | undefined;

  constructor(plan: ReferencePlan | undefined, calibrated: boolean) {
    this.#plan = plan;
    this.#calibrated = calibrated;
  }

  /**
   * Whether to measure it before a unit that leaves `cellsLeft` - 1 cells; `nowMs` is monotonic.
   */
  isDue(nowMs: number, cellsLeft: number): boolean {
    if (!this.#plan) return false;
    const fresh = this.#level !== undefined;
    return isReferenceDue(this.#plan, { nowMs, lastMs: this.#measuredMs, cellsLeft, fresh });
  }

  /** `nowMs` is monotonic. */
  measured(reads: Read[], readback: Pointing, measuredAtMs: number, nowMs: number): void {
    const { meanDbm, stdDb, reads: levels, flags } = summariseReads(reads, this.#calibrated);
    this.#level = { readback, meanDbm, stdDb, reads: levels, flags, measuredAtMs };
    this.#measuredMs = nowMs;
  }

  /** Adds the level to the first point. */
  with<Point extends { reference?: ReferenceMeasurement | undefined }>(points: Point[]): Point[] {
    const [first, ...others] = points;
    return first && this.#level ? [{ ...first, reference: this.#level }, ...others] : points;
  }

  /** A point with the level is being written to the journal. */
  taken(): void {
    this.#level = undefined;
  }

  /** The journal rejected the point with the level. */
  lost(): void {
    this.#measuredMs = undefined;
  }
}
