import { createSampleClock, type Gap } from './sample-clock.ts';

/** When samples were taken: never later than this says, and as late as is certain. */
export interface SampleTimes {
  /**
   * So many samples came in by this time. A gap: they are later than before by so many, or as many
   * are missing.
   */
  arrived(samples: number, atMs: number): Arrival;
  /** How much later than at once samples arrive. */
  readonly latenessMs: number;
  /** The last samples came so late that some may be missing; the next arrivals will tell. */
  readonly late: boolean;
  /** Samples came later than when the lateness was measured, or some are missing. */
  readonly inDoubt: boolean;
  /** Samples that were late or missing since the lateness was measured, milliseconds. */
  readonly gapsMs: number;
  /** Begins a measurement; until `measured`, times are not known. */
  measure(): void;
  /** How long it took from a command to the first sample that shows its effect, milliseconds. */
  effectMs(index: number, askedMs: number): number;
  /** Ends a measurement: from a command to its effect it takes at most this long. */
  measured(effectMs: number): void;
  /** Index of the sample that comes next. */
  readonly next: number;
}

interface Arrival {
  firstIndex: number;
  /** When the first of them was taken, monotonic milliseconds. */
  firstMs: number;
  gap: Gap | undefined;
}

/**
 * A command and its effect take this long on a link that is not late: the tuner takes a gain in
 * some milliseconds.
 */
export const NO_LATENESS_MS = 10;
/** Less than this cannot be told from the time that a command takes. */
const TELLING_MS = 20;
/** A crystal moves the earliest arrivals by less than this from one block to the next. */
const CRYSTAL_MS = 1;

/**
 * `queues`: what keeps coming late may wait in a queue on its way. Without one, samples that do not
 * catch up are missing.
 */
export function createSampleTimes(sampleRateHz: number, queues: boolean): SampleTimes {
  const clock = createSampleClock(sampleRateHz);
  let latenessMs = 0;
  let gapsMs = 0;
  let measuring = false;

  return {
    arrived(samples, atMs) {
      const firstIndex = clock.next;
      const beforeMs = clock.timeOf(0);
      const gap = clock.arrived(samples, atMs);
      // A queue drains: samples arrive less late than before, and are no fresher than they are.
      const fallMs = beforeMs - clock.timeOf(0);
      if (firstIndex > 0 && !measuring && fallMs > CRYSTAL_MS) latenessMs = Math.max(0, latenessMs - fallMs);
      const firstMs = clock.timeOf(firstIndex) - latenessMs;
      if (gap && queues) {
        const gapMs = (gap.samples * 1000) / sampleRateHz;
        latenessMs += gapMs;
        gapsMs += gapMs;
      }
      return { firstIndex, firstMs, gap };
    },
    get latenessMs() {
      return latenessMs;
    },
    get late() {
      return clock.late;
    },
    get inDoubt() {
      return queues && Math.max(gapsMs, clock.behindMs) > TELLING_MS;
    },
    get gapsMs() {
      return gapsMs;
    },
    measure() {
      if (clock.behindMs > TELLING_MS) clock.restart();
      measuring = true;
    },
    effectMs: (index, askedMs) => clock.timeOf(index) - askedMs,
    measured(effectMs) {
      latenessMs = effectMs < NO_LATENESS_MS ? 0 : effectMs;
      gapsMs = 0;
      measuring = false;
    },
    get next() {
      return clock.next;
    },
  };
}
