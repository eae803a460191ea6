import { outsideLimits, type Pointing, type TravelLimits } from '#shared/sky/pointing';
import type { Axis } from './axis.ts';

/** Counts how many times the antenna has left its limits. */
export class ExcursionCounter {
  readonly #axes: { azimuth: Axis; elevation: Axis };
  readonly #limits: TravelLimits;
  #countedMs: number;
  #count = 0;
  #isOutside = false;

  constructor(axes: { azimuth: Axis; elevation: Axis }, limits: TravelLimits, startMs: number) {
    this.#axes = axes;
    this.#limits = limits;
    this.#countedMs = startMs;
  }

  /** Returns the number until a time; call before every command. */
  countUntil(timeMs: number): number {
    const { azimuth, elevation } = this.#axes;
    const az = azimuth.extremesDeg(this.#countedMs, timeMs);
    const el = elevation.extremesDeg(this.#countedMs, timeMs);
    const hasLeft =
      this.#isBeyond({ azimuthDeg: az.lowest, elevationDeg: el.lowest }) ||
      this.#isBeyond({ azimuthDeg: az.highest, elevationDeg: el.highest });
    if (hasLeft && !this.#isOutside) this.#count++;
    this.#isOutside = this.#isBeyond({
      azimuthDeg: azimuth.antennaDegAt(timeMs),
      elevationDeg: elevation.antennaDegAt(timeMs),
    });
    this.#countedMs = timeMs;
    return this.#count;
  }

  #isBeyond(pointing: Pointing): boolean {
    return outsideLimits(pointing, this.#limits) !== undefined;
  }
}
