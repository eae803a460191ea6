import type { Logger } from '#shared/runtime/logger';
import type { RotorMotion } from '#shared/sky/kinematics';
import { findLag, showsEnough } from '../domain/sweep-lag.ts';
import type { PlacedRead } from '../domain/sweep-reads.ts';

// Rows that look suitable but are not: an intermittent source.
const MAX_ATTEMPTS = 3;
// Backlash of a worn gear, and an unknown delay of up to 0.25 s.
const MAX_BACKLASH_DEG = 1;
const MAX_LATENESS_S = 0.25;

/**
 * Estimates the lag between sweeps in opposite directions from the first suitable row; later rows
 * are corrected with it.
 */
export class SweepLagEstimate {
  readonly #stepDeg: number;
  readonly #maxDeg: number;
  readonly #logger: Logger;
  #lagDeg = 0;
  #attemptsLeft = MAX_ATTEMPTS;
  #logged = false;

  constructor(stepDeg: number, motion: RotorMotion, logger: Logger) {
    this.#stepDeg = stepDeg;
    this.#maxDeg = MAX_BACKLASH_DEG + MAX_LATENESS_S * motion.azimuth.speedDegPerS;
    this.#logger = logger;
  }

  /** Subtracted from the positions of every sweep. */
  get lagDeg(): number {
    return this.#lagDeg;
  }

  /** Whether to sweep this row back to measure the lag. */
  wantsBothWays(reads: readonly PlacedRead[]): boolean {
    if (this.#attemptsLeft === 0) return false;
    if (showsEnough(reads, this.#stepDeg)) return true;
    this.#logOnce(
      'the row has too little structure to measure the lag between sweep directions; no correction',
    );
    return false;
  }

  /** Processes a row that was swept in both directions. */
  learn(reads: readonly PlacedRead[]): void {
    if (this.#attemptsLeft === 0) return;
    const lag = findLag(reads, this.#stepDeg, this.#maxDeg);
    this.#attemptsLeft = lag ? 0 : this.#attemptsLeft - 1;
    if (!lag) {
      this.#logOnce('the lag between sweep directions cannot be measured on this row; no correction');
      return;
    }
    this.#lagDeg = lag.lagDeg;
    this.#logger.info(lag, 'measured the lag between sweep directions; positions are corrected by lagDeg');
  }

  #logOnce(message: string): void {
    if (!this.#logged) this.#logger.info(message);
    this.#logged = true;
  }
}
