import { expect, test } from 'vitest';
import { separationDeg } from '#shared/sky/pointing';
import { syntheticChannels } from '../../../../test/support/synthetic-channels.ts';
import { circleGrid } from '../../../../test/support/synthetic-sky.ts';
import { findChannelSources } from './find-channel-sources.ts';

const AXIS = { firstChannelHz: 433e6, channelHz: 2_000 };
const SETTINGS = { axis: AXIS, beamWidthDeg: 6, transforms: 200 };
const CHANNELS = 64;
const PLAN = { points: circleGrid(90, 12, 2, 4), channels: CHANNELS, transforms: 200, beamWidthDeg: 6 };

test('a carrier and a wide signal are two sources with their channels', () => {
  const carrier = { azimuthDeg: 40, elevationDeg: 21, amplitude: 1, first: 10, last: 11 };
  const wide = { azimuthDeg: 300, elevationDeg: 32, amplitude: 0.5, first: 30, last: 49 };
  const sources = findChannelSources(
    syntheticChannels({ ...PLAN, signals: [carrier, wide], seed: 1 }),
    SETTINGS,
  );
  expect(sources).toHaveLength(2);
  for (const [signal, minBandwidthHz] of [
    [carrier, 4_000],
    [wide, 36_000],
  ] as const) {
    const found = sources.find((source) => separationDeg(source, signal) < 2);
    const [[xx], [, yy]] = found?.covarianceDeg2 ?? [[NaN], [NaN, NaN]];
    expect(separationDeg(found ?? signal, signal)).toBeLessThan(4 * Math.sqrt(xx + yy));
    expect(found?.bandwidthHz).toBeGreaterThanOrEqual(minBandwidthHz);
    expect(found?.channels[0]?.fromHz).toBe(AXIS.firstChannelHz + (signal.first - 0.5) * AXIS.channelHz);
    expect(found?.channels.at(-1)?.toHz).toBe(AXIS.firstChannelHz + (signal.last + 0.5) * AXIS.channelHz);
    expect(found?.peak).toBeGreaterThan(0.8 * signal.amplitude);
    expect(found?.peak).toBeLessThan(1.2 * signal.amplitude);
  }
});

test.each([2, 3, 4])('Gamma distributed noise of few transforms gives no source (seed %d)', (seed) => {
  const map = syntheticChannels({ ...PLAN, transforms: 10, signals: [], seed });
  expect(findChannelSources(map, { ...SETTINGS, transforms: 10 })).toEqual([]);
});

test('unknown levels and channels without any are skipped', () => {
  const signal = { azimuthDeg: 40, elevationDeg: 21, amplitude: 1, first: 10, last: 11 };
  const map = syntheticChannels({ ...PLAN, signals: [signal], seed: 1 });
  for (let point = 0; point < map.timeMs.length; point++) map.power[point * CHANNELS + 3] = NaN;
  for (let at = 0; at < map.power.length; at += 13) map.power[at] = 0;
  const [source, ...others] = findChannelSources(map, SETTINGS);
  expect(others).toEqual([]);
  expect(separationDeg(source ?? { azimuthDeg: 0, elevationDeg: 0 }, signal)).toBeLessThan(1);
});

test('a cube of another size than its points is refused', () => {
  const map = syntheticChannels({ ...PLAN, signals: [], seed: 1 });
  expect(() => findChannelSources({ ...map, channels: 63 }, SETTINGS)).toThrow(
    'column power has 69120 values, 1080 points of 63 channels have 68040',
  );
});

test('the caller can stop', () => {
  const map = syntheticChannels({ ...PLAN, signals: [], seed: 1 });
  expect(() => findChannelSources(map, SETTINGS, { shouldStop: () => true })).toThrow('cancelled');
});
