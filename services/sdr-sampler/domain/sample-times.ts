import { createSampleClock, type Gap } from './sample-clock.ts';

/** When samples were taken: never later than stated, and as late as is certain. */
export interface SampleTimes {
  /** `samples` arrived at `atMs`. A gap means that samples are later than before, or missing. */
  arrived(samples: number, atMs: number): Arrival;
  /** Delay between sampling and arrival. */
  readonly latenessMs: number;
  /** The last samples were so late that some may be missing; the next arrivals decide. */
  readonly late: boolean;
  /** Samples are later than when the lateness was measured, or some are missing. */
  readonly inDoubt: boolean;
  /** Late or missing samples since the lateness was measured, milliseconds. */
  readonly gapsMs: number;
  /** Starts a measurement; times are unknown until `measured`. */
  measure(): void;
  /** Time from a command to the first sample that shows its effect, milliseconds. */
  effectMs(index: number, askedMs: number): number;
  /** Ends a measurement: the effect of a command shows within this time. */
  measured(effectMs: number): void;
  /** Index of the next sample. */
  readonly next: number;
}

interface Arrival {
  firstIndex: number;
  /** When the first of them was taken, monotonic milliseconds. */
  firstMs: number;
  gap: Gap | undefined;
}

/**
 * Time from a command to its effect on a link without delay: the tuner sets a gain in a few
 * milliseconds.
 */
export const NO_LATENESS_MS = 10;
/** Smaller differences are within the uncertainty of a command. */
const MIN_DOUBT_MS = 20;
/** Maximum change of the earliest arrivals from one block to the next due to the crystal. */
const MAX_CRYSTAL_SHIFT_MS = 1;

/**
 * `queues`: permanently late samples may be in a queue on the way. Without one, samples that do not
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
      // A draining queue reduces the lateness; it does not make samples newer.
      const fallMs = beforeMs - clock.timeOf(0);
      if (firstIndex > 0 && !measuring && fallMs > MAX_CRYSTAL_SHIFT_MS)
        latenessMs = Math.max(0, latenessMs - fallMs);
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
      return queues && Math.max(gapsMs, clock.behindMs) > MIN_DOUBT_MS;
    },
    get gapsMs() {
      return gapsMs;
    },
    measure() {
      if (clock.behindMs > MIN_DOUBT_MS) clock.restart();
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
