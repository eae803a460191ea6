import { parsePowerLine } from './power-line.ts';
import { hopOf, linePower, type LinePower, type PowerSpan } from './power-span.ts';

/** What a sweep over all hops shows of the channel. */
export interface SweptPower extends LinePower {
  /** End of the interval, Unix milliseconds, cut to the second. */
  endedUnixMs: number;
}

/** Puts the lines of rtl_power together, one for each hop. */
export interface Sweep {
  /**
   * The next line; the result comes with the line of the last hop. `repeated`: every bin is what it
   * was in the last sweep, which noise never is. Throws `unavailable` for a line that cannot be
   * used; the sweep begins again.
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
      // Lines of a sweep come in order; one that is missing costs its sweep.
      if (hop === undefined || hop > done.length) return undefined;
      if (hop === 0) levels = '';
      // Everything behind the time. A receiver that hears nothing repeats itself too: no bin has
      // any power.
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
