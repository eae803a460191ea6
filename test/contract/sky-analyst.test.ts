import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  BearingClass,
  CrossingStatus,
  NoPlaceReason,
  SkyAnalystDefinition,
  type Bearing,
  type MaskInterferenceRequest,
} from '#proto/sky_analyst';
import { errorKind, errorMessage } from '#shared/base/errors';
import { createGrpcClient, type GrpcClient } from '#shared/runtime/grpc-client';
import { geodesicBetween, geodesicEnd } from '#shared/sky/geodesic';
import { startAnalyst } from '../support/analyst.ts';
import { bearingOf } from '../support/bearing-layouts.ts';
import { PATIENT } from '../support/patience.ts';

let analyst: Awaited<ReturnType<typeof startAnalyst>>;
let client: GrpcClient<typeof SkyAnalystDefinition>;
let close: () => void;

beforeAll(async () => {
  analyst = await startAnalyst();
  ({ client, close } = createGrpcClient(SkyAnalystDefinition, `127.0.0.1:${analyst.port}`, PATIENT));
});
afterAll(async () => {
  close();
  await analyst.close();
});

const CHANNELS = 64;
const band = { firstChannelHz: 1e8, channelHz: 1_000, flags: Buffer.alloc(CHANNELS) };
const settings = (change: object = {}): MaskInterferenceRequest => ({
  content: { $case: 'settings', value: { band, fromHz: 0, toHz: 1e9, ...change } },
});
/** Points of one level, in 0.01 dB. */
function points(count: number, change: object = {}): MaskInterferenceRequest {
  const mean = Buffer.from(new Int16Array(count * CHANNELS).fill(-9_000).buffer);
  const transforms = new Array<number>(count).fill(1_000);
  const value = { mean, kurtosis: Buffer.alloc(0), occupancy: Buffer.alloc(0), transforms, ...change };
  return { content: { $case: 'points', value } };
}

async function mask(...requests: MaskInterferenceRequest[]) {
  const answers = [];
  // eslint-disable-next-line @typescript-eslint/require-await
  async function* stream() {
    yield* requests;
  }
  for await (const answer of client.maskInterference(stream())) answers.push(answer);
  return answers;
}

test('each point has a result, in order', async () => {
  const answers = await mask(settings(), points(3), points(2));
  const levels = answers.flatMap(({ meanDb }) => meanDb);
  expect(levels).toHaveLength(5);
  // 64 channels of -90 dB.
  for (const level of levels) expect(level).toBeCloseTo(-90 + 10 * Math.log10(CHANNELS), 3);
  expect(answers.flatMap(({ meanCleanDb }) => meanCleanDb)).toEqual(levels);
  expect(answers.flatMap(({ flaggedChannels }) => flaggedChannels)).toEqual([0, 0, 0, 0, 0]);
});

test('channels outside of the measured frequencies do not count', async () => {
  const answers = await mask(settings({ toHz: 1e8 + 31_500 }), points(1));
  expect(answers.flatMap(({ meanDb }) => meanDb)[0]).toBeCloseTo(-90 + 10 * Math.log10(32), 3);
});

test.each<[string, MaskInterferenceRequest[], RegExp]>([
  ['no message', [], /the first message must have `settings.band`/],
  ['no settings', [points(1)], /the first message must have `settings.band`/],
  ['no band', [settings({ band: undefined })], /the first message must have `settings.band`/],
  ['settings twice', [settings(), settings()], /each further message must have `points`/],
  [
    'a level too few',
    [settings(), points(2, { mean: Buffer.alloc(2 * (2 * CHANNELS - 1)) })],
    /mean has 127 values; 2 points of 64 channels have 128/,
  ],
  [
    'kurtosis of other points',
    [settings(), points(2, { kurtosis: Buffer.alloc(2 * CHANNELS) })],
    /kurtosis has 64 values; 2 points of 64 channels have 128/,
  ],
])('%s is refused', async (_, requests, message) => {
  const error: unknown = await mask(...requests).catch((reason: unknown) => reason);
  expect([errorKind(error), errorMessage(error)]).toEqual(['invalid', expect.stringMatching(message)]);
});

test('a client that ends a call frees its thread', async () => {
  // More calls than threads.
  for (let call = 0; call < 4; call++)
    for await (const answer of client.maskInterference(endless())) {
      expect(answer.meanDb.length).toBeGreaterThan(0);
      break;
    }
});

// eslint-disable-next-line @typescript-eslint/require-await
async function* endless() {
  yield settings();
  for (;;) yield points(500);
}

describe('SolveBearings', () => {
  const EMITTER = { latitudeDeg: 48, longitudeDeg: 11 };
  const bearings = [0, 120, 240].map((direction, k): Bearing => {
    const { azimuthDeg, ...site } = bearingOf('', geodesicEnd(EMITTER, direction, 20_000), EMITTER, 1);
    return {
      ...site,
      site: `site ${k}`,
      azimuthDeg,
      accuracy: { $case: 'sigmaDeg', value: 1 },
      channels: [{ fromHz: 1e8, toHz: 1.001e8 }],
    };
  });
  const solve = (change: object = {}) => client.solveBearings({ bearings, associate: true, ...change });
  const without = (k: number, change: object) =>
    bearings.map((bearing, index) => (index === k ? { ...bearing, ...change } : bearing));

  test('three sites confirm the place', async () => {
    const { crossings, noPlace } = await solve();
    expect([crossings.length, noPlace]).toEqual([1, undefined]);
    const [crossing] = crossings;
    expect(crossing).toMatchObject({
      status: CrossingStatus.CROSSING_STATUS_CONFIRMED,
      note: '',
      isOpen: false,
      bearings: [0, 1, 2].map((index) => ({ index, sigmaDeg: 1 })),
    });
    expect(geodesicBetween(crossing?.place ?? EMITTER, EMITTER).distanceM).toBeLessThan(1);
    // 20 km x 1 deg = 349 m; three directions: 349 / sqrt(1.5) x sqrt(5.991).
    expect(crossing?.ellipse?.semiMajorM).toBeCloseTo(697, -1);
    expect(crossing?.outline).toHaveLength(72);
  });

  test('classes have the errors of ITU-R SM.854', async () => {
    const classes = [
      BearingClass.BEARING_CLASS_A,
      BearingClass.BEARING_CLASS_B,
      BearingClass.BEARING_CLASS_C,
    ];
    const { crossings } = await solve({
      associate: false,
      bearings: bearings.map((bearing, k) => ({
        ...bearing,
        accuracy: { $case: 'class', value: classes[k] },
      })),
    });
    expect(crossings[0]?.bearings.map(({ sigmaDeg }) => sigmaDeg)).toEqual([2, 5, 10]);
  });

  test('bearings that do not cross have a reason', async () => {
    const north = bearings.slice(0, 2).map((bearing) => ({ ...bearing, latitudeDeg: 0, azimuthDeg: 0 }));
    const { crossings, noPlace } = await solve({ bearings: north, associate: false, maxDistanceM: 100_000 });
    expect(crossings).toEqual([]);
    expect(noPlace?.message).toMatch(/the bearings of site 0, site 1 (do not cross within|cross farther)/);
    const other = without(1, { channels: [{ fromHz: 2e8, toHz: 3e8 }] }).slice(0, 2);
    expect((await solve({ bearings: other })).noPlace).toEqual({
      reason: NoPlaceReason.NO_PLACE_REASON_NO_CROSSING,
      message: 'no bearings of different sites with common channels and times cross',
    });
  });

  test.each<[string, object, RegExp]>([
    ['one place', { bearings: bearings.slice(0, 1) }, /1 bearings from one place cannot cross/],
    ['no accuracy', { bearings: without(1, { accuracy: undefined }) }, /site 1: .* neither sigma_deg nor/],
    ['a latitude', { bearings: without(2, { latitudeDeg: 91 }) }, /site 2: latitude 91 deg is outside/],
    ['a distance', { maxDistanceM: 0 }, /max_distance_m is 0 m; it must be above 0 m/],
    [
      'too many combinations',
      { bearings: Array.from({ length: 60 }, () => bearings).flat() },
      /180 bearings have more than 5000 combinations/,
    ],
  ])('%s is refused', async (_, change, message) => {
    const error: unknown = await solve(change).catch((reason: unknown) => reason);
    expect([errorKind(error), errorMessage(error)]).toEqual(['invalid', expect.stringMatching(message)]);
  });
});
