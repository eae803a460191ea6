import { expect, test } from 'vitest';
import { seededRandom } from '../../../../test/support/samples.ts';
import { normalDeviates } from '../../../../test/support/synthetic-sky.ts';
import { summarizeLevels } from './summarize-levels.ts';

const NONE = -32_768;
const CELLS = 2_000;

/** Sessions of cells with levels around 0.01 dB x cell. */
function sessionsOf(count: number, spreadDb: number, seed = 7): Int16Array[] {
  const deviate = normalDeviates(seededRandom(seed));
  return Array.from({ length: count }, () =>
    Int16Array.from({ length: CELLS }, (_, cell) => Math.round(cell + 100 * spreadDb * deviate())),
  );
}

test.each([3, 5, 10, 30])('%d sessions have the spread of their noise', (count) => {
  const { pooledSpreadDb, spreadDb, centreDb } = summarizeLevels(CELLS, sessionsOf(count, 0.5));
  expect((pooledSpreadDb as number) / 0.5).toBeCloseTo(1, 1);
  expect(Math.sqrt(spreadDb.reduce((sum, s) => sum + s * s, 0) / CELLS) / 0.5).toBeCloseTo(1, 1);
  const errors = centreDb.map((centre, cell) => (centre - 0.01 * cell) / (0.5 / Math.sqrt(count)));
  const rms = Math.sqrt(errors.reduce((sum, error) => sum + error * error, 0) / CELLS);
  expect(rms).toBeGreaterThan(0.95);
  expect(rms).toBeLessThan(1.15);
});

test('one session with a source moves neither centre nor spread', () => {
  const sessions = sessionsOf(5, 0.05);
  (sessions[2] as Int16Array)[100] = 2_000;
  const { centreDb, spreadDb, pooledSpreadDb } = summarizeLevels(CELLS, sessions);
  expect(centreDb[100]).toBeCloseTo(1, 0);
  expect(Math.abs((centreDb[100] as number) - 1)).toBeLessThan(0.15);
  expect(spreadDb[100]).toBeLessThan(1.2 * (pooledSpreadDb as number));
});

test('the spread of a cell is mostly that of all cells, and more its own with more sessions', () => {
  const spreadWith = (count: number) => {
    const sessions = sessionsOf(count, 0.05);
    sessions.forEach((session, k) => (session[9] = k % 2 === 0 ? 0 : 20));
    return summarizeLevels(CELLS, sessions).spreadDb[9] as number;
  };
  expect(spreadWith(4)).toBeLessThan(0.07);
  expect(spreadWith(60)).toBeGreaterThan(0.075);
});

test('cells and sessions without a level have no statistics', () => {
  const sessions = sessionsOf(3, 0.05);
  for (const session of sessions) session[0] = NONE;
  (sessions[0] as Int16Array)[1] = NONE;
  (sessions[0] as Int16Array)[2] = NONE;
  (sessions[1] as Int16Array)[2] = NONE;
  const { count, centreDb, spreadDb, pooledSpreadDb } = summarizeLevels(CELLS, sessions);
  expect([...count.subarray(0, 4)]).toEqual([0, 2, 1, 3]);
  expect([centreDb[0], spreadDb[0]]).toEqual([NaN, NaN]);
  // One value: the spread of the typical cell.
  expect(spreadDb[2]).toBeCloseTo(pooledSpreadDb as number, 5);
});

test('one session has a centre and no spread', () => {
  const { sessions, spreadDb, centreDb, pooledSpreadDb } = summarizeLevels(2, [Int16Array.of(-9_000, NONE)]);
  expect([sessions, pooledSpreadDb, ...centreDb, ...spreadDb]).toEqual([1, undefined, -90, NaN, NaN, NaN]);
  expect(summarizeLevels(1, [])).toMatchObject({ sessions: 0, pooledSpreadDb: undefined });
});
