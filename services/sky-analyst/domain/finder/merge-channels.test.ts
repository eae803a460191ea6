import { expect, test } from 'vitest';
import { mergeChannels, type ChannelDetection } from './merge-channels.ts';

const AXIS = { firstChannelHz: 100e6, channelHz: 1_000 };

/** Detections by channel. */
function reports(channels: number, found: Record<number, ChannelDetection[]>): ChannelDetection[][] {
  return Array.from({ length: channels }, (_, channel) => found[channel] ?? []);
}

const at = (azimuthDeg: number, elevationDeg: number, snr = 10, occupancy?: number): ChannelDetection => ({
  azimuthDeg,
  elevationDeg,
  snr,
  peak: snr / 100,
  occupancy,
});

test('neighbouring channels of one place are one range, a larger gap begins another', () => {
  const found = { 3: [at(10, 20)], 4: [at(11, 20, 30)], 7: [at(9, 21)], 12: [at(10, 20)] };
  const [source, ...others] = mergeChannels(reports(16, found), AXIS, 6);
  expect(others).toEqual([]);
  expect(source?.ranges).toEqual([
    { fromHz: 100_002_500, toHz: 100_007_500 },
    { fromHz: 100_011_500, toHz: 100_012_500 },
  ]);
  expect(source?.bandwidthHz).toBe(6_000);
  expect(source?.strongest.snr).toBe(30);
});

test('two places on one channel are two sources, also across north', () => {
  const found = { 3: [at(359.5, 20), at(30, 20)], 4: [at(0.5, 20), at(31, 20)] };
  const merged = mergeChannels(reports(8, found), AXIS, 6);
  expect(merged.map(({ detections }) => [...detections.keys()].sort())).toEqual([
    [3, 4],
    [3, 4],
  ]);
});

test('a source has the highest occupancy of its channels, if any is known', () => {
  const [known] = mergeChannels(reports(8, { 3: [at(1, 2, 9, 0.2)], 4: [at(1, 2, 8, 0.6)] }), AXIS, 6);
  const [unknown] = mergeChannels(reports(8, { 3: [at(1, 2)] }), AXIS, 6);
  expect(known?.occupancy).toBe(0.6);
  expect(unknown?.occupancy).toBeUndefined();
});

test('channels without detections give no source', () => {
  expect(mergeChannels(reports(8, {}), AXIS, 6)).toEqual([]);
});
