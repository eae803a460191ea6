import { afterAll, beforeAll, expect, test } from 'vitest';
import { SkyAnalystDefinition, type MaskInterferenceRequest } from '#proto/sky_analyst';
import { errorKind, errorMessage } from '#shared/base/errors';
import { createGrpcClient, type GrpcClient } from '#shared/runtime/grpc-client';
import { startAnalyst } from '../support/analyst.ts';
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
