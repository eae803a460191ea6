import { afterAll, beforeAll, expect, test } from 'vitest';
import type {
  CompareMapRequest,
  CompareMapResponse,
  ComparedBand,
  ComparisonReport,
  SummarizeLevelsRequest,
} from '#proto/comparison';
import { SkyAnalystDefinition } from '#proto/sky_analyst';
import { errorKind, errorMessage } from '#shared/base/errors';
import { createGrpcClient, type GrpcClient } from '#shared/runtime/grpc-client';
import { startAnalyst } from '../support/analyst.ts';
import { PATIENT } from '../support/patience.ts';
import { circleGrid, syntheticSky, type TrueSource } from '../support/synthetic-sky.ts';

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

const BEAM_DEG = 20;
const SIGMA = 0.005;
const GRID = circleGrid(60, 8, 5, 7);
const SOURCE: TrueSource = { azimuthDeg: 100, elevationDeg: 30, amplitude: 2 };

function levelsOf(sources: TrueSource[], seed: number): number[] {
  const sky = syntheticSky({ points: GRID, sources, beamWidthDeg: BEAM_DEG, relativeSigma: SIGMA, seed });
  return Array.from(sky.level, (level) => -90 + 10 * Math.log10(level));
}

const settings: CompareMapRequest = {
  content: { $case: 'settings', value: { beamWidthDeg: BEAM_DEG, gainError: SIGMA, place: undefined } },
};

function cells(): CompareMapRequest {
  const value = Buffer.alloc(8 * GRID.length);
  GRID.forEach(({ azimuthDeg, elevationDeg }, k) => {
    value.writeFloatBE(azimuthDeg, 8 * k);
    value.writeFloatBE(elevationDeg, 8 * k + 4);
  });
  return { content: { $case: 'cells', value } };
}

function points(count = GRID.length): CompareMapRequest {
  const value = Buffer.alloc(24 * count);
  GRID.slice(0, count).forEach(({ azimuthDeg, elevationDeg }, k) => {
    value.writeFloatBE(azimuthDeg, 24 * k);
    value.writeFloatBE(elevationDeg, 24 * k + 4);
    value.writeDoubleBE(1.7e12 + 1_000 * k, 24 * k + 12);
  });
  return { content: { $case: 'points', value } };
}

function band(change: Partial<ComparedBand> = {}): CompareMapRequest {
  const none = { sessions: 0, count: [], centreDb: [], spreadDb: [] };
  const value = { fromHz: 1e8, toHz: 1.02e8, integrationS: 0.1, levelDb: levelsOf([SOURCE], 50), ...none };
  return { content: { $case: 'band', value: { ...value, ...change } } };
}

// eslint-disable-next-line @typescript-eslint/require-await
async function* stream<Request>(requests: Request[]) {
  yield* requests;
}

async function compare(...requests: CompareMapRequest[]): Promise<CompareMapResponse[]> {
  const answers: CompareMapResponse[] = [];
  for await (const answer of client.compareMap(stream(requests))) answers.push(answer);
  return answers;
}

const reportOf = (answers: CompareMapResponse[]): ComparisonReport => {
  const last = answers.at(-1)?.content;
  if (last?.$case !== 'report') throw new Error(`the last message is ${last?.$case ?? 'nothing'}`);
  return last.value;
};

function sessions(count: number): SummarizeLevelsRequest[] {
  const first: SummarizeLevelsRequest = { content: { $case: 'cells', value: GRID.length } };
  const levels = Array.from({ length: count }, (_, k): SummarizeLevelsRequest => {
    const value = Buffer.alloc(2 * GRID.length);
    levelsOf([SOURCE], k + 1).forEach((level, cell) => value.writeInt16LE(Math.round(100 * level), 2 * cell));
    return { content: { $case: 'levels', value } };
  });
  return [first, ...levels];
}

const summarize = (...requests: SummarizeLevelsRequest[]) => client.summarizeLevels(stream(requests));

test('a baseline finds what has changed, and the version is described', async () => {
  const {
    sessions: count,
    centreDb,
    spreadDb,
    count: counts,
    pooledSpreadDb,
  } = await summarize(...sessions(5));
  expect([count, counts.length, counts[0]]).toEqual([5, GRID.length, 5]);
  expect(pooledSpreadDb).toBeGreaterThan(0.015);
  expect(pooledSpreadDb).toBeLessThan(0.03);
  const statistics = { sessions: 5, count: counts, centreDb, spreadDb };
  const appeared = { azimuthDeg: 250, elevationDeg: 35, amplitude: 0.3 };
  const levelDb = levelsOf([SOURCE, appeared], 60).map((level) => level + 2);
  const answers = await compare(settings, cells(), points(), band({ ...statistics, levelDb }));
  const kinds = answers.map(({ content }) => content?.$case);
  expect(kinds.at(0)).toBe('progress');
  expect(kinds.slice(-2)).toEqual(['levels', 'report']);
  const report = reportOf(answers);
  expect(report.offsetDb).toBeCloseTo(2, 1);
  expect([report.coverage, report.beamWidthDeg, report.unsuitable]).toEqual([1, BEAM_DEG, undefined]);
  const [anomaly] = report.anomalies;
  expect(report.anomalies).toHaveLength(1);
  expect(anomaly).toMatchObject({
    kind: 'new',
    source: { channels: [{ fromHz: 1e8, toHz: 1.02e8 }], flags: [], isNarrow: false },
    from: undefined,
  });
  expect(anomaly?.source?.azimuthDeg).toBeCloseTo(250, -1);
  expect(anomaly?.changeDb).toBeCloseTo(10 * Math.log10(1.3), 0);
  expect(report.anomalousCells.length).toBeGreaterThan(10);
  const levels = answers.flatMap(({ content }) => (content?.$case === 'levels' ? [content.value] : []));
  expect(levels[0]?.z).toHaveLength(GRID.length);
  expect((await client.describeMethods({})).mapComparison).toBe(2);
});

test('without statistics there are levels and no anomalies', async () => {
  const answers = await compare(settings, cells(), points(), band(), band());
  const levels = answers.flatMap(({ content }) => (content?.$case === 'levels' ? [content.value] : []));
  expect(levels).toHaveLength(2);
  expect(levels[0]?.levelDb[7]).toBeCloseTo(levelsOf([SOURCE], 50)[7] as number, 3);
  expect(levels[0]?.z.every((z) => Number.isNaN(z))).toBe(true);
  expect(reportOf(answers)).toMatchObject({ anomalies: [], coverage: 1, unsuitable: undefined });
});

test('a part of the cells is not suitable for the baseline', async () => {
  const levelDb = levelsOf([SOURCE], 50).slice(0, 240);
  expect(reportOf(await compare(settings, cells(), points(240), band({ levelDb })))).toMatchObject({
    coverage: 0.5,
    unsuitable: '240 of 480 cells have a level (50 %), at least 80 % are needed',
  });
});

const sizes = { levelDb: [1, 2] };
test.each<[string, () => CompareMapRequest[], string, RegExp]>([
  ['no settings', () => [cells()], 'invalid', /the first message must have `settings`/],
  [
    'no band',
    () => [settings, cells(), points()],
    'invalid',
    /settings, cells, points and a band are needed/,
  ],
  ['points before cells', () => [settings, points(), cells()], 'invalid', /expected cells, then points/],
  [
    'levels',
    () => [settings, cells(), points(), band(sizes)],
    'invalid',
    /level_db has 2 values for 480 points/,
  ],
  [
    'statistics',
    () => [settings, cells(), points(), band({ sessions: 3 })],
    'invalid',
    /count has 0 values for 480 cells/,
  ],
  [
    'too many cells',
    () => [settings, { content: { $case: 'cells', value: Buffer.alloc(8 * 250_001) } }],
    'out_of_range',
    /250,001 cells are more than 250,000/,
  ],
  [
    'too few levels',
    () => [settings, cells(), points(20), band({ levelDb: levelsOf([], 1).slice(0, 20) })],
    'wrong_state',
    /20 of 480 cells of the baseline have a level/,
  ],
  [
    'no beam width',
    () => [
      { content: { $case: 'settings', value: { place: undefined } } },
      ...[cells(), points(), band({ levelDb: levelsOf([], 1) })],
    ],
    'wrong_state',
    /the beam width is unknown/,
  ],
])('%s: refused', async (_, requests, kind, message) => {
  const error: unknown = await compare(...requests()).catch((reason: unknown) => reason);
  expect([errorKind(error), errorMessage(error)]).toEqual([kind, expect.stringMatching(message)]);
});

test.each<[string, SummarizeLevelsRequest[], RegExp]>([
  ['no cells', [], /the number of cells and the levels of a session are needed/],
  ['levels first', sessions(1).slice(1), /the first message must have the number of `cells`/],
  [
    'another size',
    [{ content: { $case: 'cells', value: 3 } }, { content: { $case: 'levels', value: Buffer.alloc(4) } }],
    /levels have 4 bytes, 3 cells have 6/,
  ],
])('a summary with %s is refused', async (_, requests, message) => {
  const error: unknown = await summarize(...requests).catch((reason: unknown) => reason);
  expect([errorKind(error), errorMessage(error)]).toEqual(['invalid', expect.stringMatching(message)]);
});

test('a client that ends a call frees its thread', async () => {
  // More calls than threads.
  for (let call = 0; call < 4; call++)
    for await (const { content } of client.compareMap(stream([settings, cells(), points(), band()]))) {
      expect(content?.$case).toBe('progress');
      break;
    }
  expect(reportOf(await compare(settings, cells(), points(), band())).coverage).toBe(1);
});
