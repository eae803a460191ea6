import { expect, test } from 'vitest';
import type { SessionStatus } from '#contract/session-status';
import { nextStep, type JobSession } from './pointing-job.ts';

const MIN_MS = 60_000;
const scan = (id: number, status: SessionStatus, notes: string | null = null): JobSession => ({
  id,
  status,
  notes,
  createdMs: 0,
});

test.each([
  ['waits until it is due', 'raster', [], -1, { kind: 'wait' }],
  ['starts when it is due', 'raster', [], 0, { kind: 'start', part: 0 }],
  [
    'gives up after 30 min',
    'raster',
    [],
    31 * MIN_MS,
    { kind: 'fail', reason: 'the measurement could not begin within 30 min' },
  ],
  ['waits for its scan', 'raster', [scan(1, 'pending')], 5, { kind: 'wait' }],
  ['waits for a running scan', 'cross', [scan(1, 'running')], 5, { kind: 'wait' }],
  ['observes after its only scan', 'raster', [scan(1, 'completed')], 5, { kind: 'observe' }],
  ['scans the other arm of a cross', 'cross', [scan(1, 'completed')], 5, { kind: 'start', part: 1 }],
  ['observes after both arms', 'cross', [scan(1, 'completed'), scan(2, 'completed')], 5, { kind: 'observe' }],
  [
    'ends a paused scan',
    'raster',
    [scan(7, 'paused', 'rotctld is away')],
    5,
    { kind: 'fail', cancel: 7, reason: 'scan 7 paused: rotctld is away' },
  ],
  [
    'ends a scan that takes too long',
    'raster',
    [scan(7, 'running')],
    61 * MIN_MS,
    { kind: 'fail', cancel: 7, reason: 'scan 7 has not ended within 60 min' },
  ],
  [
    'ends with a cancelled scan',
    'raster',
    [scan(7, 'cancelled')],
    5,
    { kind: 'cancelled', reason: 'scan 7 was cancelled' },
  ],
] as const)('a calibration %s', (_, kind, sessions, nowMs, step) => {
  const sessionIds = sessions.map(({ id }) => id);
  expect(nextStep({ kind, sessionIds, nextMs: 0 }, sessions, nowMs)).toEqual(step);
});

test('a calibration whose scan was deleted goes on with the next measurement', () => {
  expect(nextStep({ kind: 'raster', sessionIds: [3], nextMs: 0 }, [], 5)).toMatchObject({ kind: 'fail' });
});
