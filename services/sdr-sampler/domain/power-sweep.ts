import { parsePowerLine } from './power-line.ts';
import { hopOf, linePower, type LinePower, type PowerSpan } from './power-span.ts';

/** The channel over all hops. */
export interface SweptPower extends LinePower {
  /** End of the interval, Unix milliseconds, truncated to seconds. */
  endedUnixMs: number;
}

/** Combines the lines of rtl_power, one per hop. */
export interface Sweep {
  /**
   * Adds the next line; returns the result after the line of the last hop. `repeated`: all bins
   * equal those of the previous sweep, which never happens with noise. Throws `unavailable` for an
   * unusable line and starts a new sweep.
   */
  take(text: string): SweptPower | 'repeated' | undefined;
}

export function createSweep(span: PowerSpan): Sweep {
  const hops = span.hopsHz.length;
  let taken: LinePower[] = [];
  let levels = '';
  let lastLevels = '';

  return {
    take(text) {
      const done = taken;
      taken = [];
      const line = parsePowerLine(text);
      const hop = hopOf(line, span);
      // Lines of a sweep arrive in order; a missing one discards the sweep.
      if (hop === undefined || hop > done.length) return undefined;
      if (hop === 0) levels = '';
      // Everything after the time. A receiver without any signal also repeats itself: no bin has
      // power.
      if (line.levelsDb.some((level) => level !== -Infinity)) levels += text.split(',').slice(2).join(',');
      taken = [...done.slice(0, hop), linePower(line, span, hop)];
      if (taken.length < hops) return undefined;
      const swept = taken;
      taken = [];
      const repeated = levels !== '' && levels === lastLevels;
      lastLevels = levels;
      if (repeated) return 'repeated';
      return {
        channel: swept.reduce((sum, one) => sum + one.channel, 0),
        rmsLsb: Math.max(...swept.map((one) => one.rmsLsb)),
        clippedFraction: Math.max(...swept.map((one) => one.clippedFraction)),
        endedUnixMs: line.endedUnixMs,
      };
    },
  };
}
