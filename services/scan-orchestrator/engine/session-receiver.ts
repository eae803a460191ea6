import { errorKind } from '#shared/base/errors';
import type { RotorConfig } from '#shared/rotor/rotor-config';
import type { PointSpectrum } from '#shared/spectrum/point-spectrum';
import { sleep } from '#shared/runtime/waiting';
import type { Read } from '../domain/measurement.ts';
import type { Dwell, RotorLease, RunnerParts } from './ports.ts';
import { createClockSync, type ClockSync, type Settled } from './clock-sync.ts';
import type { Tuning, Tunings } from './tunings.ts';

/** What all tunings measured at a pointing. */
export interface Measured {
  /** Of the first tuning. */
  reads: Read[];
  /** Of every tuning, in their order; empty without spectra. */
  spectra: PointSpectrum[];
}

/** The receiver of a session: tunes while the rotor moves, reads once the mount has settled. */
export interface SessionReceiver {
  /** Measures the clock offsets again: after a new lease or a restart of the sampler. */
  forgetClocks(): void;
  /**
   * The rotor is acquired: measures outdated clock offsets in the background, so that the reads of
   * the first slew can be requested before the mount has settled.
   */
  acquired(lease: RotorLease, signal: AbortSignal): void;
  /** Converts times of the driver's clock; undefined while the offsets are unknown. */
  readonly translate: ClockSync['translate'];
  /**
   * Tunes the receiver meanwhile: a retune takes about 50 ms, measuring an unknown lateness 400 ms,
   * opening a dongle 1 s.
   */
  prepareDuring<T>(work: () => Promise<T>): Promise<T>;
  /** Tunes it during the first slew after `acquired`, and while the clock offsets are unknown. */
  slewing<T>(slew: () => Promise<T>): Promise<T>;
  /**
   * Takes reads of every tuning, or of the first one only, after the mount has settled (at
   * `settled`; undefined: now).
   */
  read(
    tunings: Tunings,
    count: number,
    lease: RotorLease,
    settled: Settled | undefined,
    signal: AbortSignal,
  ): Promise<Measured>;
}

export function createSessionReceiver(
  rotor: Pick<RotorConfig, 'rssiSource'>,
  tunings: Tunings,
  { receiver, clock }: Pick<RunnerParts, 'receiver' | 'clock'>,
): SessionReceiver {
  let clocks = createClockSync(receiver, clock);
  let isFirstSlew = true;
  /** The tuning that is measured first at the next point: the one that was last at this point. */
  let next: Tuning = tunings[0];

  function forgetClocks(): void {
    clocks = createClockSync(receiver, clock);
  }

  async function prepareDuring<T>(work: () => Promise<T>): Promise<T> {
    const underWay = new AbortController();
    if (rotor.rssiSource === 'sdr') receiver.prepare(next, underWay.signal);
    try {
      return await work();
    } finally {
      underWay.abort();
    }
  }

  async function dwell(
    tuning: Tuning,
    count: number,
    lease: RotorLease,
    settled: Settled | undefined,
    signal: AbortSignal,
  ): Promise<Dwell> {
    try {
      const measuring = receiver.measure(tuning, count, signal, settled?.sampler);
      // Driver and sampler are otherwise idle now.
      clocks.update(lease, signal);
      return await measuring;
    } catch (error) {
      // The sampler may have restarted with another clock.
      forgetClocks();
      if (!settled || errorKind(error) !== 'wrong_state') throw error;
      await sleep(settled.localMs - clock.monotonicMs(), signal);
      return await receiver.measure(tuning, count, signal);
    }
  }

  return {
    forgetClocks,
    acquired(lease, signal) {
      isFirstSlew = true;
      if (rotor.rssiSource === 'sdr') clocks.update(lease, signal);
    },
    get translate() {
      return clocks.translate;
    },
    prepareDuring,
    async slewing(slew) {
      const isReady = !isFirstSlew && clocks.translate !== undefined;
      isFirstSlew = false;
      return await (isReady ? slew() : prepareDuring(slew));
    },
    async read(wanted, count, lease, settled, signal) {
      if (rotor.rssiSource === 'rotctld') return { reads: await lease.measure(count, signal), spectra: [] };
      // Without a change of frequency between two points.
      const order = wanted.at(-1) === next ? wanted.toReversed() : wanted;
      const dwells = new Map<Tuning, Dwell>();
      for (const [i, tuning] of order.entries())
        dwells.set(tuning, await dwell(tuning, count, lease, i === 0 ? settled : undefined, signal));
      next = order.at(-1) ?? next;
      const inOrder = wanted.flatMap((tuning) => dwells.get(tuning) ?? []);
      return {
        reads: inOrder[0]?.reads ?? [],
        spectra: inOrder.flatMap(({ spectrum }) => spectrum ?? []),
      };
    },
  };
}
