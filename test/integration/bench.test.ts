import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, onTestFinished, test } from 'vitest';
import { boundSeconds } from '../bench/bound.ts';
import { mapErrorOf, type MapCell } from '../bench/map-error.ts';
import { figure } from '../bench/row.ts';
import { quantile } from '../bench/statistics.ts';
import { formatSummary, formatTable, type MeasuredRow } from '../bench/table.ts';

// Calculations and output of `npm run bench`; the measured figures depend on the machine and are
// not tested.

const circumstances = { load: { start: 0.5, end: 1.25 }, seconds: 3 };
const rows: MeasuredRow[] = [
  {
    ...circumstances,
    name: 'path',
    result: [
      figure('over bound', 1 + 1e-12, '', { exactly: 1 }),
      figure('p99', 20.04, 'ms', { max: 20 }),
      figure('rate', 12_673.4, 'rows/s', { min: 10_000 }),
      figure('length', 155, 'MB'),
    ],
  },
  { ...circumstances, name: 'wall', result: { notAvailable: 'rotctld is not installed' } },
  { ...circumstances, name: 'sky', result: { failed: 'no sky' } },
];

describe('the bench table', () => {
  test('has a line per figure with its goal and whether the goal is reached', () => {
    expect(formatTable(rows)).toBe(
      [
        '| row  | figure                                  |  value | unit   | goal      |             | load       |',
        '| ---- | --------------------------------------- | -----: | ------ | --------- | ----------- | ---------- |',
        '| path | over bound                              |  1.000 |        | exactly 1 | reached     | 0.5 to 1.3 |',
        '|      | p99                                     |     20 | ms     | <= 20     | NOT reached |            |',
        '|      | rate                                    | 12,673 | rows/s | >= 10000  | reached     |            |',
        '|      | length                                  |    155 | MB     |           |             |            |',
        '| wall | not available: rotctld is not installed |        |        |           |             | 0.5 to 1.3 |',
        '| sky  | failed: no sky                          |        |        |           |             | 0.5 to 1.3 |',
      ].join('\n'),
    );
  });

  test('has a summary', () => {
    expect(formatSummary(rows)).toBe('2 of 3 goals reached, 1 rows not available, 1 rows failed');
  });
});

test('the bound of two by two cells has three hops', () => {
  const axis = (speedDegPerS: number) => ({ speedDegPerS, accelerationDegPerS2: 1e12 });
  const motion = { azimuth: axis(2), elevation: axis(1) };
  expect(boundSeconds({ rows: 2, columns: 2, stepDeg: 2 }, motion, 0.5)).toBeCloseTo(2 + 2 * 1 + 2);
});

test('a quantile is the value below which that share lies', () => {
  const values = [5, 1, 4, 2, 3, 6, 9, 7, 8, 10];
  expect([quantile(values, 0), quantile(values, 0.5), quantile(values, 0.99)]).toEqual([1, 6, 10]);
});

describe('the map error', () => {
  const map = (shiftDeg: (eastward: boolean) => number, widthDeg: number): MapCell[] =>
    [-6, -4, -2, 0, 2, 4, 6].flatMap((elevationDeg, row) =>
      Array.from({ length: 41 }, (_, column) => {
        const azimuthDeg = column - 20;
        const eastward = row % 2 === 0;
        const source = (offDeg: number, width: number) =>
          1 + 100 * Math.exp(-((offDeg / width) ** 2) - (elevationDeg / 4) ** 2);
        return {
          row,
          azimuthDeg,
          elevationDeg,
          eastward,
          truth: source(azimuthDeg, 4),
          measured: 3 * source(azimuthDeg - shiftDeg(eastward), widthDeg),
        };
      }),
    );

  test.each([
    ['no error', () => 0, 4, { positionDeg: 0, broadening: 1, misalignmentDeg: 0 }],
    ['a shift to the east', () => 0.5, 4, { positionDeg: 0.5, broadening: 1, misalignmentDeg: 0 }],
    ['a wider source', () => 0, 4.4, { positionDeg: 0, broadening: 1.1, misalignmentDeg: 0 }],
  ])('is computed for %s', (_, shiftDeg, widthDeg, expected) => {
    const error = mapErrorOf(map(shiftDeg, widthDeg));
    expect(error.positionDeg).toBeCloseTo(expected.positionDeg, 2);
    expect(error.broadening).toBeCloseTo(expected.broadening, 2);
    expect(error.misalignmentDeg).toBeCloseTo(expected.misalignmentDeg, 2);
  });

  test('measures the offset between rows swept in opposite directions', () => {
    const error = mapErrorOf(map((eastward) => (eastward ? 0.3 : -0.3), 4));
    expect(error.misalignmentDeg).toBeCloseTo(0.6, 2);
  });
});

test('the bench measures the selected rows and writes them to a file', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'sky-scan-bench-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const json = join(folder, 'bench.json');
  const main = ['--conditions=source', '--import', 'tsx', 'test/bench/main.ts'];
  const { stdout } = await promisify(execFile)(process.execPath, [
    ...main,
    '--quick',
    '--only',
    'path,sampling',
    '--json',
    json,
  ]);
  expect(stdout).toMatch(/^\d+ cores, .* Node v\d+/);
  expect(stdout).toContain('| path ');
  expect(stdout).toMatch(/\d of \d goals reached/);
  const report = JSON.parse(await readFile(json, 'utf8')) as { machine: object; rows: MeasuredRow[] };
  expect(report.machine).toMatchObject({ node: process.version });
  expect(report.rows.map(({ name }) => name)).toEqual(['path', 'sampling']);
  expect(report.rows[0]?.result).toMatchObject([
    { name: expect.stringContaining('G-5500') as string, goal: { exactly: 1 }, reached: true },
    {},
    {},
    {},
  ]);
});
