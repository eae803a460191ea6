import { expect, test } from 'vitest';
import { SkyScanError } from '#shared/base/errors';
import { checkReadCount, checkReadSettings } from './settings.ts';
import { queuedReads, spectrumSettings } from './spectrum-channels.ts';

const RATE_HZ = 2_048_000;
const good = { centerFrequencyHz: 1.42e9, bandwidthHz: 200_000, gainDb: 29.7, readMs: 10 };

test('a spectrum has 1,024 channels unless another power of two is requested', () => {
  expect(spectrumSettings()).toEqual({ channels: 1_024 });
  for (const channels of [64, 128, 256, 512, 1_024, 2_048, 4_096])
    expect(spectrumSettings(channels)).toEqual({ channels });
});

test.each([
  [0, 'out_of_range', 'spectrum.channels 0 is outside 64..4096 channels, powers of two'],
  [32, 'out_of_range', 'spectrum.channels 32 is outside 64..4096 channels, powers of two'],
  [8_192, 'out_of_range', 'spectrum.channels 8192 is outside 64..4096 channels, powers of two'],
  [
    1_000,
    'invalid',
    'spectrum.channels 1000 must be a power of two in 64..4096 channels; the nearest are 512 and 1024',
  ],
] as const)('%d channels are refused', (channels, kind, message) => {
  expect(() => spectrumSettings(channels)).toThrow(new SkyScanError(kind, message));
});

test.each([
  [
    'a bandwidth of less than 8 channels',
    { bandwidthHz: 15_999 },
    'bandwidth 15999 Hz is below 16000 Hz, 8 of the 1024 channels of the spectrum',
  ],
  [
    'a read shorter than a transform',
    { readMs: 0.499 },
    'read time 0.499 ms is too short for a spectrum of 1024 channels: at least 0.5 ms',
  ],
])('%s is out of range', (_, change, message) => {
  const settings = { ...good, spectrum: { channels: 1_024 } };
  expect(() => checkReadSettings({ ...settings, ...change }, RATE_HZ)).toThrow(
    new SkyScanError('out_of_range', message),
  );
  const least = { ...settings, bandwidthHz: 16_000, readMs: 0.5 };
  expect(() => checkReadSettings(least, RATE_HZ)).not.toThrow();
});

test('the spectra of a dwell and of a slow client have a limit', () => {
  const spectrum = { channels: 4_096 };
  expect(() => checkReadCount(256, { ...good, spectrum })).not.toThrow();
  expect(() => checkReadCount(257, { ...good, spectrum })).toThrow(
    new SkyScanError('out_of_range', 'reads 257 is above 256 reads with a spectrum of 4096 channels'),
  );
  expect([undefined, spectrum, { channels: 64 }].map((one) => queuedReads(1_000, one))).toEqual([
    1_000, 256, 1_000,
  ]);
});
