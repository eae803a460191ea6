import { between } from '../../services/simulator/domain/random.ts';
import type { Fault } from './fault.ts';
import { setFaults } from './simulator-faults.ts';

const DURATION_MS = { min: 1_000, max: 4_000 };

/** Faults of dongles, their servers and other clients of the servers. */
export const RECEIVER_FAULTS: readonly Fault[] = [
  {
    name: 'samples late',
    lastsMs: DURATION_MS,
    pauses: true,
    inject: (context) =>
      setFaults(context, { dongle_late_ms: Math.round(between(context.random, 100, 1_200)) }),
    clear: (context) => setFaults(context, { dongle_late_ms: 0 }),
  },
  {
    name: 'another sample rate',
    lastsMs: DURATION_MS,
    pauses: true,
    inject: (context) =>
      setFaults(context, { dongle_rate_hz: context.random() < 0.5 ? 1_024_000 : 2_007_040 }),
    clear: (context) => setFaults(context, { dongle_rate_hz: 0 }),
  },
  {
    name: 'foreign retune',
    lastsMs: { min: 0, max: 0 },
    inject: (context) => setFaults(context, { foreign_frequency_hz: 1e8, foreign_gain_db: 0 }),
  },
];
