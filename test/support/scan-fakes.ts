import { findScan, plannedScan } from '../../services/scan-orchestrator/engine/planning.ts';
import type {
  Dwell,
  LeaseHolder,
  Planner,
  Publisher,
  Receiver,
  ReceiverFacts,
  RotorFacts,
  RotorLease,
  Rotors,
  SamplerMoment,
  SessionView,
} from '../../services/scan-orchestrator/engine/ports.ts';
import type { StreamedRead } from '../../services/scan-orchestrator/domain/sweep-spectra.ts';
import type { TimedPointing } from '../../services/scan-orchestrator/domain/sweep-track.ts';
import type { MeasuredPoint } from '../../services/scan-orchestrator/domain/measurement.ts';
import type { Pointing } from '#shared/sky/pointing';
import type { RotorConfig } from '#shared/rotor/rotor-config';
import { SkyScanError } from '#shared/base/errors';
import { orAborted } from '#shared/runtime/waiting';
import type { Tuning } from '../../services/scan-orchestrator/engine/tunings.ts';
import { flatRead, flatSpectrum } from './fake-spectra.ts';

/**
 * Outcome of a step of the fake hardware: success, an error, hang until the signal aborts, or wait
 * until a promise rejects.
 */
export type Script = (step: number) => Error | 'hang' | Promise<never> | undefined;

const axis = { speedDegPerS: 60, accelerationDegPerS2: 600 };

/** A rotor configuration as the orchestrator receives it. */
export function rotorConfig(change: Partial<RotorConfig> = {}): RotorConfig {
  return {
    id: 1,
    name: 'fake',
    host: '127.0.0.1',
    port: 4533,
    limits: { azMinDeg: -180, azMaxDeg: 450, elMinDeg: 0, elMaxDeg: 90 },
    toleranceDeg: 0.5,
    settleMs: 0,
    azimuth: axis,
    elevation: axis,
    park: { azimuthDeg: 0, elevationDeg: 0 },
    parkAfterScan: false,
    rssiSource: 'sdr',
    receiver: { centerFrequencyHz: 1e8, bandwidthHz: 2e6, gainDb: 20, readMs: 1, dbmOffsetDb: 0 },
    horizon: [],
    keepOut: [],
    ...change,
  };
}

async function play(outcome: ReturnType<Script>, ...signals: AbortSignal[]): Promise<void> {
  if (outcome instanceof Error) throw outcome;
  if (outcome !== undefined)
    await orAborted(outcome === 'hang' ? new Promise(() => undefined) : outcome, AbortSignal.any(signals));
}

/** Rotors that arrive at once, one holder at a time, with scripted failures. */
export class FakeRotors implements Rotors {
  readonly slews: Pointing[] = [];
  readonly holders: string[] = [];
  /** Targets of sweeps, including the moves to their starts. */
  readonly sweeps: Pointing[] = [];
  stops = 0;
  /** Simulates a sweep. */
  sweep: RotorLease['sweep'] = (to) => Promise.resolve(to);
  monotonicMs = () => performance.now();
  /** Time from the announced arrival until the mount has settled. */
  settlesInMs = 0;
  /** Settling time of every approach, by the driver's clock. */
  readonly settled: number[] = [];
  /** A stop waits for this; undefined: it resolves at once. */
  stopping: Promise<void> | undefined;
  script: Script = () => undefined;
  /** The same for position queries. */
  positionScript: Script = () => undefined;
  /** Revokes the current holder's lease. */
  lose: (reason: Error) => void = () => undefined;
  #heldBy: string | undefined;
  #steps = 0;
  #positions = 0;

  probe(): Promise<RotorFacts> {
    return Promise.resolve({
      model: 'fake',
      position: { azimuthDeg: 0, elevationDeg: 0 },
      reportedLimits: undefined,
      hasRssi: true,
    });
  }

  acquireLease(_rotor: RotorConfig, { name: holder }: LeaseHolder): Promise<RotorLease> {
    if (this.#heldBy !== undefined)
      throw new Error(`${holder} asks for the rotor while ${this.#heldBy} has it`);
    this.#heldBy = holder;
    this.holders.push(holder);
    let lost: Error | undefined;
    const listeners: ((reason: Error) => void)[] = [];
    const gone = new AbortController();
    this.lose = (reason) => {
      lost = reason;
      this.#heldBy = undefined;
      gone.abort(reason);
      for (const listener of listeners) listener(reason);
    };
    const position = { azimuthDeg: 0, elevationDeg: 0 };
    return Promise.resolve({
      position,
      reportedLimits: undefined,
      get lost() {
        return lost;
      },
      onLost: (listener: (reason: Error) => void) => void listeners.push(listener),
      readPosition: async (signal: AbortSignal) => {
        await play(this.positionScript(++this.#positions), signal, gone.signal);
        return position;
      },
      slew: async (to: Pointing, signal: AbortSignal) => {
        await play(this.script(++this.#steps), signal, gone.signal);
        this.slews.push(to);
        return to;
      },
      approach: async (to: Pointing, signal: AbortSignal) => {
        await play(this.script(++this.#steps), signal, gone.signal);
        this.slews.push(to);
        const settledAtMs = this.monotonicMs() + this.settlesInMs;
        this.settled.push(settledAtMs);
        return { at: to, settledAtMs };
      },
      sweep: async (to: Pointing, onPosition: (position: TimedPointing) => void, signal: AbortSignal) => {
        await play(this.script(++this.#steps), signal, gone.signal);
        this.sweeps.push(to);
        await this.sweep(to, onPosition, AbortSignal.any([signal, gone.signal]));
        return to;
      },
      readClock: () => Promise.resolve(this.monotonicMs()),
      measure: (reads: number) => Promise.resolve(Array.from({ length: reads }, () => ({ levelDb: -80 }))),
      stop: () => {
        this.stops++;
        return this.stopping ?? Promise.resolve();
      },
      release: () => {
        this.#heldBy = undefined;
        return Promise.resolve();
      },
    });
  }
}

/** Plans synchronously in this thread. */
export const inlinePlanner: Planner = {
  plan: (job) => new Promise((resolve) => resolve(plannedScan(findScan(job), job))),
};

/** Conditions that never block measuring; a suspended session waits longer than any test. */
export const CALM = {
  planner: inlinePlanner,
  conditions: { reason: () => undefined },
  suspendSettleMs: 3_600_000,
};

/** A receiver that reads -90 dBm, with scripted failures. */
export class FakeReceiver implements Receiver {
  script: Script = () => undefined;
  #steps = 0;

  /** Listeners of the read stream. */
  readonly listeners = new Set<(read: StreamedRead) => void>();
  /** Ends the read streams. */
  lose: (reason: Error) => void = () => undefined;
  monotonicMs = () => performance.now();

  describe(): Promise<ReceiverFacts> {
    return Promise.resolve({
      description: 'fake',
      gainDb: 20,
      timesReads: true,
      sampleRateHz: 2_048_000,
      recordsIq: false,
    });
  }

  async stream(tuning: Tuning, onRead: (read: StreamedRead) => void, signal: AbortSignal): Promise<void> {
    const { spectrum } = tuning;
    this.streamed.push(tuning);
    const listener = (read: StreamedRead) => {
      onRead(spectrum ? { ...read, spectrum: flatRead({ ...tuning, spectrum }, read.levelDb) } : read);
    };
    this.listeners.add(listener);
    const lost = new Promise<never>((_, reject) => (this.lose = reject));
    try {
      await orAborted(lost, signal);
    } finally {
      this.listeners.delete(listener);
    }
  }

  /** The tunings of the streams and of the measurements, in order. */
  readonly streamed: Tuning[] = [];
  readonly measured: Tuning[] = [];
  /** Identifier of its clock. */
  clock = 'first';
  /** The requests, in order. */
  readonly notBefore: (SamplerMoment | undefined)[] = [];

  /** Number of setup requests. */
  prepared = 0;

  prepare(): void {
    this.prepared++;
  }

  readClock(): Promise<SamplerMoment> {
    return Promise.resolve({ monotonicMs: this.monotonicMs(), clock: this.clock });
  }

  async measure(
    tuning: Tuning,
    reads: number,
    signal: AbortSignal,
    notBefore?: SamplerMoment,
  ): Promise<Dwell> {
    if (notBefore && notBefore.clock !== this.clock) throw new SkyScanError('wrong_state', 'another clock');
    this.notBefore.push(notBefore);
    this.measured.push(tuning);
    await play(this.script(++this.#steps), signal);
    const read = { levelDb: -90, converter: { clippedFraction: 0, rmsLsb: 10, droppedSamples: 0 } };
    const { spectrum } = tuning;
    return {
      reads: Array.from({ length: reads }, () => read),
      ...(spectrum && { spectrum: flatSpectrum({ ...tuning, spectrum }, -90) }),
    };
  }
}

/** Records everything that is published. */
export class FakePublisher implements Publisher {
  readonly points: MeasuredPoint[] = [];
  readonly statuses: SessionView[] = [];
  /** Whether the broker accepts messages. */
  connected = true;

  point(_view: SessionView, point: MeasuredPoint): void {
    this.points.push(point);
  }

  status(view: SessionView): void {
    this.statuses.push(view);
  }

  hasPublished(): boolean {
    return this.connected;
  }

  forget(): void {
    // nothing to forget
  }
}
