import { expect, test } from 'vitest';
import { bytesOfCodes, codeOf, codesOfBytes } from '#shared/spectrum/point-spectrum';
import { separationDeg } from '#shared/sky/pointing';
import { seededRandom } from '../../../../test/support/samples.ts';
import { normalDeviates } from '../../../../test/support/synthetic-sky.ts';
import { syntheticChannels, type Signal } from '../../../../test/support/synthetic-channels.ts';
import { findSessionSources } from './find-session-sources.ts';
import { createSessionMapBuilder } from './session-map-builder.ts';

const CHANNELS = 64;
const BEAM = 12;
const FIRST_HZ = 100e6;
const CHANNEL_HZ = 10e3;
const points = Array.from({ length: 20 * 30 }, (_, k) => ({
  row: Math.floor(k / 30),
  azimuthDeg: 4 * (k % 30),
  elevationDeg: 4 * Math.floor(k / 30) + 4,
}));
const all = { first: 0, last: CHANNELS - 1 };

function search(signals: Signal[], maxValues?: number) {
  const transforms = 1_000;
  const { azimuthDeg, elevationDeg, timeMs, power } = syntheticChannels({
    points,
    channels: CHANNELS,
    signals,
    transforms,
    beamWidthDeg: BEAM,
    seed: 3,
  });
  const columns = { azimuthDeg, elevationDeg, timeMs };
  const level = new Float64Array(points.length);
  const clipped = new Uint8Array(points.length);
  const builder = createSessionMapBuilder({ ...columns, level, clipped }, maxValues);
  const band = { firstChannelHz: FIRST_HZ, channelHz: CHANNEL_HZ, flags: new Uint8Array(CHANNELS) };
  const [fromHz, toHz] = [FIRST_HZ - CHANNEL_HZ / 2, FIRST_HZ + (CHANNELS - 0.5) * CHANNEL_HZ];
  builder.startBand({ band, fromHz, toHz, integrationS: 0, interference: new Uint8Array(0) });
  const codes = Int16Array.from(power, (value) => codeOf('mean', 10 * Math.log10(value)));
  // In two pieces, as they arrive.
  const half = (points.length / 2) * CHANNELS;
  for (const mean of [codes.subarray(0, half), codes.subarray(half)])
    builder.pushSpectra({
      mean: codesOfBytes(bytesOfCodes(mean)),
      occupancy: undefined,
      transforms: new Array<number>(points.length / 2).fill(transforms),
    });
  return findSessionSources(builder.finish(), { beamWidthDeg: BEAM });
}

test('a narrow signal has its channels, a broad one the whole band, each once', () => {
  const { sources } = search([
    { azimuthDeg: 30, elevationDeg: 30, amplitude: 0.5, ...all },
    { azimuthDeg: 80, elevationDeg: 50, amplitude: 5, first: 20, last: 21 },
  ]);
  expect(sources).toHaveLength(2);
  const narrow = sources.find(({ isNarrow }) => isNarrow);
  const broad = sources.find(({ isNarrow }) => !isNarrow);
  expect(narrow?.azimuthDeg).toBeCloseTo(80, 0);
  expect(narrow?.channels).toEqual([
    { fromHz: FIRST_HZ + 19.5 * CHANNEL_HZ, toHz: FIRST_HZ + 21.5 * CHANNEL_HZ },
  ]);
  expect(broad?.azimuthDeg).toBeCloseTo(30, 0);
  expect(broad?.channels).toEqual([
    { fromHz: FIRST_HZ - CHANNEL_HZ / 2, toHz: FIRST_HZ + (CHANNELS - 0.5) * CHANNEL_HZ },
  ]);
});

test('more values than fit in memory: neighbouring channels are combined', () => {
  const signal = { azimuthDeg: 80, elevationDeg: 50, amplitude: 5, first: 20, last: 21 };
  const { sources } = search([signal], (points.length * CHANNELS) / 4);
  expect(sources).toHaveLength(1);
  expect(sources[0]?.channels).toEqual([
    { fromHz: FIRST_HZ + 19.5 * CHANNEL_HZ, toHz: FIRST_HZ + 23.5 * CHANNEL_HZ },
  ]);
});

test('the same source in two bands is one source with both', () => {
  const deviate = normalDeviates(seededRandom(5));
  const source = { azimuthDeg: 60, elevationDeg: 40 };
  const level = Float64Array.from(
    points,
    (point) => (1 + 2 ** ((-4 * separationDeg(source, point) ** 2) / BEAM ** 2)) * (1 + 0.01 * deviate()),
  );
  const column = (name: 'azimuthDeg' | 'elevationDeg') => Float64Array.from(points, (point) => point[name]);
  const builder = createSessionMapBuilder({
    azimuthDeg: column('azimuthDeg'),
    elevationDeg: column('elevationDeg'),
    timeMs: Float64Array.from(points, (_, k) => 1_000 * k),
    level,
    clipped: new Uint8Array(points.length),
  });
  const ranges = [
    { fromHz: 1e8, toHz: 1.01e8 },
    { fromHz: 4e8, toHz: 4.01e8 },
  ];
  for (const range of ranges)
    builder.startBand({ band: undefined, ...range, integrationS: 0.1, interference: new Uint8Array(0) });
  const { sources } = findSessionSources(builder.finish(), { beamWidthDeg: BEAM });
  expect(sources.map(({ channels }) => channels)).toEqual([ranges]);
});
