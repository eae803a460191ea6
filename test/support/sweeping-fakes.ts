import type { StreamedRead } from '../../services/scan-orchestrator/domain/sweep-spectra.ts';
import type { Tuning } from '../../services/scan-orchestrator/engine/tunings.ts';
import type { Clock } from '#shared/runtime/clock';
import type { Pointing } from '#shared/sky/pointing';
import { FakeReceiver, FakeRotors } from './scan-fakes.ts';
import { durationMs, readbacks, reads, type SyntheticSweep } from './synthetic-sweep.ts';

/** Hardware that sweeps instantly on its own clock; driver and sampler use other clocks. */
export interface SweepingHardware {
  rotors: FakeRotors;
  receiver: FakeReceiver;
  clock: Clock;
}

type Behaviour = Pick<SyntheticSweep, 'motion' | 'levelDb' | 'readMs' | 'playDeg'>;

const DRIVER_AHEAD_MS = 5_000_000;
const SAMPLER_BEHIND_MS = 700_000;

export function sweepingHardware(behaviour: Behaviour): SweepingHardware {
  let nowMs = 1_000_000;
  let at: Pointing = { azimuthDeg: 0, elevationDeg: 0 };
  const clock = { monotonicMs: () => (nowMs += 0.01), unixMs: () => Date.now() };
  const receiver = new StreamingReceiver();
  receiver.monotonicMs = () => nowMs - SAMPLER_BEHIND_MS;
  const rotors = new FakeRotors();
  rotors.monotonicMs = () => nowMs + DRIVER_AHEAD_MS;
  rotors.sweep = async (to, onPosition) => {
    const sweep: SyntheticSweep = {
      ...behaviour,
      fromDeg: at.azimuthDeg,
      toDeg: to.azimuthDeg,
      elevationDeg: to.elevationDeg,
      startMs: nowMs,
      pollMs: 20,
      resolutionDeg: 0.1,
    };
    at = to;
    nowMs = sweep.startMs + durationMs(sweep);
    for (const { pointing, atMs } of readbacks(sweep)) onPosition({ pointing, atMs: atMs + DRIVER_AHEAD_MS });
    for (const read of reads(sweep))
      for (const listener of receiver.listeners)
        listener({ ...read, middleMs: read.middleMs - SAMPLER_BEHIND_MS });
    return Promise.resolve(to);
  };
  return { rotors, receiver, clock };
}

/** A receiver whose stream starts with a read. */
class StreamingReceiver extends FakeReceiver {
  override async stream(
    tuning: Tuning,
    onRead: (read: StreamedRead) => void,
    signal: AbortSignal,
  ): Promise<void> {
    const over = super.stream(tuning, onRead, signal);
    onRead({ levelDb: -90, middleMs: this.monotonicMs() });
    await over;
  }
}
