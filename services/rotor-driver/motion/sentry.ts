import { axisDistanceDeg, formatPointing } from '#shared/pointing';
import { StrayedError } from './endings.ts';
import type { Observed, Readings } from './readings.ts';

// Wind and backlash move a rotor by less, whatever its tolerance.
const DISTURBED_DEG = 1;

/** Remembers where a rotor was left, and notices when somebody else has moved it. */
export class Sentry {
  /** Where it was left; undefined while that is not known. */
  rest: Observed | undefined;
  readonly #readings: Readings;
  readonly #toleranceDeg: () => number;

  constructor(readings: Readings, toleranceDeg: () => number) {
    this.#readings = readings;
    this.#toleranceDeg = toleranceDeg;
  }

  /** What is wrong with a readback of a rotor that should rest; undefined when nothing is, or a second look does not confirm it. */
  async disturbance(observed: Observed, signal: AbortSignal): Promise<StrayedError | undefined> {
    const { rest } = this;
    // A server that was away may have lost its position, or had its rotator moved by hand: it is where it says.
    if (rest?.connection !== observed.connection) {
      this.rest = observed.moving ? undefined : observed;
      return undefined;
    }
    if (!this.#isOff(observed, rest)) return undefined;
    // One wrong readback is no motion.
    const again = await this.#readings.read(signal);
    if (this.rest !== rest || again.connection !== rest.connection || !this.#isOff(again, rest))
      return undefined;
    this.rest = undefined;
    return new StrayedError(
      `at ${formatPointing(again.pointing)} instead of ${formatPointing(rest.pointing)}`,
    );
  }

  #isOff(observed: Observed, rest: Observed): boolean {
    return axisDistanceDeg(observed.pointing, rest.pointing) > Math.max(DISTURBED_DEG, this.#toleranceDeg());
  }
}
