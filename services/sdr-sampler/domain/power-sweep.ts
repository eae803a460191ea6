import { parsePowerLine } from './power-line.ts';
import { spectrumOfHops } from './hop-spectrum.ts';
import { hopOf, linePower, type HopPower, type LinePower, type PowerSpan } from './power-span.ts';
import type { ReadSpectrum } from '#shared/spectrum/read-spectrum';

/** The channel over all hops. */
export interface SweptPower extends LinePower {
  /** End of the interval, Unix milliseconds, truncated to seconds. */
  endedUnixMs: number;
  spectrum: ReadSpectrum;
}

/** Combines the lines of rtl_power, one per hop. */
export class PowerSweep {
  readonly #span: PowerSpan;
  #taken: HopPower[] = [];
  /** The levels of all hops, as text. */
  #levels = '';
  #previousLevels = '';

  constructor(span: PowerSpan) {
    this.#span = span;
  }

  /**
   * Adds the next line; returns the result after the line of the last hop. `repeated`: all bins
   * equal those of the previous sweep, which never happens with noise. Throws `unavailable` for an
   * unusable line and starts a new sweep.
   */
  take(text: string): SweptPower | 'repeated' | undefined {
    const taken = this.#taken;
    this.#taken = [];
    const line = parsePowerLine(text);
    const hop = hopOf(line, this.#span);
    // Lines of a sweep arrive in order; a missing one discards the sweep.
    if (hop === undefined || hop > taken.length) return undefined;
    if (hop === 0) this.#levels = '';
    // Everything after the time. A receiver without any signal also repeats itself: no bin has
    // power.
    if (line.levelsDb.some((level) => level !== -Infinity))
      this.#levels += text.split(',').slice(2).join(',');
    const last = linePower(line, this.#span, hop);
    const hops: [HopPower, ...HopPower[]] = [last];
    hops.unshift(...taken.slice(0, hop));
    if (hops.length < this.#span.hopsHz.length) {
      this.#taken = hops;
      return undefined;
    }
    if (this.#isRepeated()) return 'repeated';
    const spectrum = spectrumOfHops(hops, this.#span.bins);
    return { ...sumOf(hops), endedUnixMs: line.endedUnixMs, spectrum };
  }

  #isRepeated(): boolean {
    const isRepeated = this.#levels !== '' && this.#levels === this.#previousLevels;
    this.#previousLevels = this.#levels;
    return isRepeated;
  }
}

function sumOf(hops: readonly LinePower[]): LinePower {
  return {
    channel: hops.reduce((sum, one) => sum + one.channel, 0),
    rmsLsb: Math.max(...hops.map((one) => one.rmsLsb)),
    clippedFraction: Math.max(...hops.map((one) => one.clippedFraction)),
  };
}
