import { NO_LATENESS_MS, type SampleTimes } from './sample-times.ts';

/** Estimates the lateness from markers found in the samples. */
export interface LatenessEstimate {
  /** The effect of a command sent at `askedMs` starts with the sample of this index. */
  add(index: number, askedMs: number): void;
  /** The lateness if it is certain, milliseconds. */
  certainMs(): number | undefined;
  /**
   * The largest observed lateness; undefined if there is none. A too large value only makes points
   * take longer.
   */
  longestMs(): number | undefined;
}

/** Observations that differ by less show the same lateness. */
const SAME_MS = 20;
const SAME_SHARE = 0.05;

export function createLatenessEstimate(times: Pick<SampleTimes, 'effectMs' | 'gapsMs'>): LatenessEstimate {
  // Without the gaps so far: a later gap increases the lateness.
  const withoutGaps: number[] = [];
  const sorted = () => withoutGaps.map((ms) => ms + times.gapsMs).sort((a, b) => a - b);
  return {
    add(index, askedMs) {
      const effectMs = times.effectMs(index, askedMs);
      // An effect before its command belongs to an earlier, similar marker.
      if (effectMs > -NO_LATENESS_MS) withoutGaps.push(effectMs - times.gapsMs);
    },
    // A busy host delays single markers, and an earlier marker may look like the current one: a
    // single observation is accepted only if it shows no lateness.
    certainMs() {
      const all = sorted();
      const [least = Infinity] = all;
      if (least < NO_LATENESS_MS) return least;
      return all.find((one, k) => {
        const before = all[k - 1];
        return before !== undefined && one - before < SAME_MS + SAME_SHARE * one;
      });
    },
    longestMs: () => sorted().at(-1),
  };
}
