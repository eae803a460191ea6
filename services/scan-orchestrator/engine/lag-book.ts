import type { Logger } from '#shared/runtime/logger';
import type { RotorMotion } from '#shared/sky/kinematics';
import { findLag, showsEnough } from '../domain/sweep-lag.ts';
import type { PlacedRead } from '../domain/sweep-reads.ts';

// Rows that look as if they would tell and do not: a source that comes and goes.
const MOST_ATTEMPTS = 3;
// Play of a worn gear, and a quarter of a second that nobody accounts for.
const MOST_PLAY_DEG = 1;
const MOST_LATE_S = 0.25;

/**
 * What is known of how far sweeps in opposite directions are apart: measured on the first row that
 * shows enough, then taken out.
 */
export class LagBook {
  /** Taken out of the positions of every sweep. */
  lagDeg = 0;
  readonly #stepDeg: number;
  readonly #mostDeg: number;
  readonly #logger: Logger;
  #attemptsLeft = MOST_ATTEMPTS;
  #said = false;

  constructor(stepDeg: number, motion: RotorMotion, logger: Logger) {
    this.#stepDeg = stepDeg;
    this.#mostDeg = MOST_PLAY_DEG + MOST_LATE_S * motion.azimuth.speedDegPerS;
    this.#logger = logger;
  }

  /** Whether a row that was swept once should be swept back for the sake of the lag. */
  wantsBothWays(reads: readonly PlacedRead[]): boolean {
    if (this.#attemptsLeft === 0) return false;
    if (showsEnough(reads, this.#stepDeg)) return true;
    this.#say(
      'a row shows too little to tell how far sweeps of either direction are apart; nothing is taken out',
    );
    return false;
  }

  /** Takes in a row that was swept both ways. */
  learn(reads: readonly PlacedRead[]): void {
    if (this.#attemptsLeft === 0) return;
    const lag = findLag(reads, this.#stepDeg, this.#mostDeg);
    this.#attemptsLeft = lag ? 0 : this.#attemptsLeft - 1;
    if (!lag) {
      this.#say(
        'a row that was swept both ways does not tell how far the sweeps are apart; nothing is taken out',
      );
      return;
    }
    this.lagDeg = lag.lagDeg;
    this.#logger.info(lag, 'sweeps of opposite directions are apart by twice lagDeg; it is taken out');
  }

  #say(message: string): void {
    if (!this.#said) this.#logger.info(message);
    this.#said = true;
  }
}
