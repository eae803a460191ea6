import { between } from '../../services/simulator/domain/random.ts';
import type { Fault } from './fault.ts';
import { setFaults } from './simulator-faults.ts';

const LASTS = { least: 1_000, most: 4_000 };

/** What dongles, their servers and other clients of the servers do wrong. */
export const RECEIVER_FAULTS: readonly Fault[] = [
  {
    name: 'samples late',
    lastsMs: LASTS,
    pauses: true,
    strike: (scene) => setFaults(scene, { dongle_late_ms: Math.round(between(scene.random, 100, 1_200)) }),
    heal: (scene) => setFaults(scene, { dongle_late_ms: 0 }),
  },
  {
    name: 'another sample rate',
    lastsMs: LASTS,
    pauses: true,
    strike: (scene) => setFaults(scene, { dongle_rate_hz: scene.random() < 0.5 ? 1_024_000 : 2_007_040 }),
    heal: (scene) => setFaults(scene, { dongle_rate_hz: 0 }),
  },
  {
    name: 'foreign retune',
    lastsMs: { least: 0, most: 0 },
    strike: (scene) => setFaults(scene, { foreign_frequency_hz: 1e8, foreign_gain_db: 0 }),
  },
];
