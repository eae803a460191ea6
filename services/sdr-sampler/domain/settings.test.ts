import { expect, test } from 'vitest';
import { SkyScanError } from '#shared/base/errors';
import {
  checkFrequency,
  checkReadCount,
  checkReadSettings,
  nearestGainDb,
  reachesFrequency,
} from './settings.ts';

const RATE_HZ = 2_048_000;
const good = { centerFrequencyHz: 1.42e9, bandwidthHz: 2e6, gainDb: 29.7, readMs: 10 };

test('typical settings are accepted', () => {
  expect(() => checkReadSettings(good, RATE_HZ)).not.toThrow();
  expect(() => checkReadSettings({ ...good, bandwidthHz: 200_000, readMs: 1 }, RATE_HZ)).not.toThrow();
  expect(() => checkReadCount(10, { ...good, readMs: 10 })).not.toThrow();
});

test.each([
  [
    'a bandwidth above the rate',
    { bandwidthHz: 2.4e6 },
    'bandwidth 2400000 Hz is above the sample rate of 2048000 Hz',
  ],
  [
    'too few samples',
    { readMs: 0.005 },
    'read time 0.005 ms holds 10 samples at 2048000 Hz; at least 16 are needed',
  ],
  ['a read time above the limit', { readMs: 60_001 }, 'read time 60001 ms is above 60000 ms'],
  ['a channel that is too narrow', { bandwidthHz: 100 }, 'bandwidth 100 Hz is below 1000 Hz'],
  [
    'a read too short for the channel',
    { bandwidthHz: 12_500, readMs: 1 },
    'read time 1 ms is too short for a bandwidth of 12500 Hz: at least 4 ms',
  ],
])('%s is out of range', (_, change, message) => {
  expect(() => checkReadSettings({ ...good, ...change }, RATE_HZ)).toThrow(
    new SkyScanError('out_of_range', message),
  );
});

test.each([
  [0, 10, 'reads 0 must be at least 1'],
  [1_001, 10, 'reads 1001 is above 1000'],
  [1_000, 1_000, '1000 reads of 1000 ms take longer than 600000 ms'],
])('%d reads of %d ms are refused', (reads, readMs, message) => {
  expect(() => checkReadCount(reads, { ...good, readMs })).toThrow(message);
});

test('frequencies outside the bands of the tuner are out of range', () => {
  const tuner = { name: 'R820T', bandsHz: [[24e6, 1.766e9]] as const };
  expect(() => checkFrequency(24e6, tuner)).not.toThrow();
  expect(() => checkFrequency(10e9, tuner)).toThrow(
    'center frequency 10000000000 Hz is outside 24000000..1766000000 Hz of the R820T tuner',
  );
});

test.each<[number, string | undefined]>([
  [51e6, 'center frequency 51000000 Hz is outside 52000000..2200000000 Hz of the E4000 tuner'],
  [1.1e9, undefined],
  [
    1.18e9,
    'center frequency 1180000000 Hz is in the gap of the E4000 tuner, 1100000000..1250000000 Hz, where it does not lock',
  ],
  [1.25e9, undefined],
  [2.2e9, undefined],
])('%d Hz on a tuner with a gap: %s', (hz, message) => {
  const check = () =>
    checkFrequency(hz, {
      name: 'E4000',
      bandsHz: [
        [52e6, 1.1e9],
        [1.25e9, 2.2e9],
      ],
    });
  if (message === undefined) expect(check).not.toThrow();
  else expect(check).toThrow(new SkyScanError('out_of_range', message));
});

test('a channel is never tuned from another band, which has another input or lies behind a gap', () => {
  const tuner = {
    name: 'V4',
    bandsHz: [
      [0.5e6, 28.8e6],
      [28.8e6, 1.766e9],
    ] as const,
  };
  expect(reachesFrequency(28.3e6, 28.7e6, tuner)).toBe(true);
  expect(reachesFrequency(29.2e6, 28.7e6, tuner)).toBe(false);
  expect(reachesFrequency(28.3e6, 28.9e6, tuner)).toBe(false);
  expect(reachesFrequency(1e5, 1e6, tuner)).toBe(false);
});

test.each([
  [29.7, 29.7],
  [30, 29.7],
  [-5, 0],
  [99, 49.6],
])('a wanted gain of %d dB becomes %d dB', (wanted, got) => {
  expect(nearestGainDb(wanted, [0, 0.9, 28, 29.7, 32.8, 49.6])).toBe(got);
});
