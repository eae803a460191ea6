import { SampleClock, type Gap } from './sample-clock.ts';

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

/** When samples were taken: never later than stated, and as late as is certain. */
export class SampleTimes {
  readonly #sampleRateHz: number;
  readonly #queues: boolean;
  readonly #clock: SampleClock;
  #latenessMs = 0;
  #gapsMs = 0;
  #isMeasuring = false;

  /**
   * `queues`: permanently late samples may be in a queue on the way. Without one, samples that do
   * not catch up are missing.
   */
  constructor(sampleRateHz: number, queues: boolean) {
    this.#sampleRateHz = sampleRateHz;
    this.#queues = queues;
    this.#clock = new SampleClock(sampleRateHz);
  }

  /** Delay between sampling and arrival. */
  get latenessMs(): number {
    return this.#latenessMs;
  }

  /** The last samples were so late that some may be missing; the next arrivals decide. */
  get late(): boolean {
    return this.#clock.late;
  }

  /** Samples are later than when the lateness was measured, or some are missing. */
  get inDoubt(): boolean {
    return this.#queues && Math.max(this.#gapsMs, this.#clock.behindMs) > MIN_DOUBT_MS;
  }

  /** Late or missing samples since the lateness was measured, milliseconds. */
  get gapsMs(): number {
    return this.#gapsMs;
  }

  /** Index of the next sample. */
  get next(): number {
    return this.#clock.next;
  }

  /** `samples` arrived at `atMs`. A gap means that samples are later than before, or missing. */
  arrived(samples: number, atMs: number): Arrival {
    const clock = this.#clock;
    const firstIndex = clock.next;
    const beforeMs = clock.timeOf(0);
    const gap = clock.arrived(samples, atMs);
    // A draining queue reduces the lateness; it does not make samples newer.
    const fallMs = beforeMs - clock.timeOf(0);
    if (firstIndex > 0 && !this.#isMeasuring && fallMs > MAX_CRYSTAL_SHIFT_MS)
      this.#latenessMs = Math.max(0, this.#latenessMs - fallMs);
    const firstMs = clock.timeOf(firstIndex) - this.#latenessMs;
    if (gap && this.#queues) {
      const gapMs = (gap.samples * 1000) / this.#sampleRateHz;
      this.#latenessMs += gapMs;
      this.#gapsMs += gapMs;
    }
    return { firstIndex, firstMs, gap };
  }

  /** Starts a measurement; times are unknown until `measured`. */
  measure(): void {
    if (this.#clock.behindMs > MIN_DOUBT_MS) this.#clock.restart();
    this.#isMeasuring = true;
  }

  /** Time from a command to the first sample that shows its effect, milliseconds. */
  effectMs(index: number, askedMs: number): number {
    return this.#clock.timeOf(index) - askedMs;
  }

  /** Ends a measurement: the effect of a command shows within this time. */
  measured(effectMs: number): void {
    this.#latenessMs = effectMs < NO_LATENESS_MS ? 0 : effectMs;
    this.#gapsMs = 0;
    this.#isMeasuring = false;
  }
}
