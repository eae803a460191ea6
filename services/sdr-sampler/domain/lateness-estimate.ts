import { NO_LATENESS_MS, type SampleTimes } from './sample-times.ts';

/** What the markers that were seen in the samples say about the lateness. */
export interface LatenessEstimate {
  /** The effect of a command that was given at `askedMs` begins with the sample of this index. */
  add(index: number, askedMs: number): void;
  /** The lateness, if it is certain, milliseconds. */
  certainMs(): number | undefined;
  /**
   * The longest of all; undefined when there is none. Too long makes a point wait longer, and
   * nothing worse.
   */
  longestMs(): number | undefined;
}

/** Two sightings that differ by less show the same lateness. */
const SAME_MS = 20;
const SAME_SHARE = 0.05;

export function createLatenessEstimate(times: Pick<SampleTimes, 'effectMs' | 'gapsMs'>): LatenessEstimate {
  // Without the gaps so far: one that comes later makes the lateness longer than it was seen.
  const withoutGaps: number[] = [];
  const sorted = () => withoutGaps.map((ms) => ms + times.gapsMs).sort((a, b) => a - b);
  return {
    add(index, askedMs) {
      const effectMs = times.effectMs(index, askedMs);
      // An effect before its command is that of an older marker, which looks the same.
      if (effectMs > -NO_LATENESS_MS) withoutGaps.push(effectMs - times.gapsMs);
    },
    // A host that was busy for a moment makes one late, and an older marker that is still on its
    // way may look like the one that was sent: only what is not late at all is believed at once.
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
